using System.Diagnostics.Metrics;

namespace Airliner.Users.Grains.Passwords;

/// <summary>
/// Hashes passwords outside every grain's turn: as many at once as there are cores, a bounded number waiting. Beyond that it refuses, and nothing else
/// in the silo slows down.
/// </summary>
internal sealed class PasswordPool(PasswordPoolOptions options) : IDisposable
{
    private static readonly Meter _meter = new("Airliner.Users");
    private static readonly Counter<long> _hashed = _meter.CreateCounter<long>("airliner.passwords.hashed", "{hash}", "Passwords hashed, to keep or to check them.");

    private readonly SemaphoreSlim _running = new(options.Concurrency);
    private int _inside;

    /// <summary>The hash of a password; null when too many wait already.</summary>
    public Task<string?> HashAsync(string password) => RunAsync(() => (string?)PasswordHash.Of(password), whenFull: null);

    /// <summary>Whether the password is the hash's; takes as long where there is no hash. Null when too many wait already.</summary>
    public Task<bool?> VerifyAsync(string password, string? hash) =>
        RunAsync(() => (bool?)(PasswordHash.Matches(password, hash ?? PasswordHash.OfNobody) && hash is not null), whenFull: null);

    public void Dispose() => _running.Dispose();

    private async Task<T> RunAsync<T>(Func<T> work, T whenFull)
    {
        if (Interlocked.Increment(ref _inside) > options.Concurrency + options.MaxWaiting)
        {
            Interlocked.Decrement(ref _inside);
            return whenFull;
        }

        try
        {
            await _running.WaitAsync();
            try
            {
                _hashed.Add(1);
                return await Task.Run(work);
            }
            finally
            {
                _running.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}

/// <summary>Bounds of the <see cref="PasswordPool"/>, section <c>Passwords</c>.</summary>
internal sealed class PasswordPoolOptions
{
    /// <summary>Hashes at once.</summary>
    public int Concurrency { get; set; } = Environment.ProcessorCount;

    /// <summary>Hashes that wait, at most: a second's worth.</summary>
    public int MaxWaiting { get; set; } = 80 * Environment.ProcessorCount;
}
