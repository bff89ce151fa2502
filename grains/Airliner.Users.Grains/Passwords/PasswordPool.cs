using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Airliner.Users.Grains.Passwords;

/// <summary>
/// Hashes passwords outside every grain's turn, on threads of its own that give way to all others: as many at once as there are cores, a bounded number
/// waiting. Beyond that it refuses, and nothing else in the process slows down. On the shared threads two hashes would take both that two cores have.
/// </summary>
internal sealed class PasswordPool : IDisposable
{
    private static readonly Meter _meter = new("Airliner.Users");
    private static readonly Counter<long> _hashed = _meter.CreateCounter<long>("airliner.passwords.hashed", "{hash}", "Passwords hashed, to keep or to check them.");

    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly BlockingCollection<Action> _waiting = [];

    /// <summary>
    /// What was hashed, to be told by a thread of usual priority: to tell is to queue, that may start one of the runtime's threads, and a thread inherits the
    /// priority of the one that starts it.
    /// </summary>
    private readonly BlockingCollection<Action> _hashes = [];

    private readonly Thread[] _hashers;
    private readonly Thread _teller;
    private readonly int _places;
    private int _taken;

    public PasswordPool(PasswordPoolOptions options, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _patience = options.MaxWait;
        _places = options.Concurrency + options.MaxWaiting;
        _hashers = [.. Enumerable.Range(0, options.Concurrency).Select(_ => Start("password hashes", () =>
        {
            LowPriority.Enter();
            RunAll(_waiting);
        }))];
        _teller = Start("password teller", () => RunAll(_hashes));
    }

    /// <summary>A moment for <see cref="HashAsync"/>.</summary>
    public long Now => _time.GetTimestamp();

    /// <summary>The hash of a password; null when too many wait already, or for too long.</summary>
    /// <param name="since">Since when whoever asked has waited, also for other things; null for now.</param>
    public Task<string?> HashAsync(string password, long? since = null) => RunAsync(() => (string?)PasswordHash.Of(password), whenFull: null, since);

    /// <summary>Whether the password is the hash's; takes as long where there is no hash. Null when too many wait already, or for too long.</summary>
    public Task<bool?> VerifyAsync(string password, string? hash) =>
        RunAsync(() => (bool?)(PasswordHash.Matches(password, hash ?? PasswordHash.OfNobody) && hash is not null), whenFull: null);

    /// <summary>Ends the threads, after what waits.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        foreach (var hasher in _hashers)
            hasher.Join();
        _hashes.CompleteAdding();
        _teller.Join();
        _waiting.Dispose();
        _hashes.Dispose();
    }

    private Task<T> RunAsync<T>(Func<T> work, T whenFull, long? since = null)
    {
        if (Interlocked.Increment(ref _taken) > _places)
        {
            Interlocked.Decrement(ref _taken);
            return Task.FromResult(whenFull);
        }

        var hash = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = since ?? _time.GetTimestamp();
        _waiting.Add(() => _hashes.Add(Hash(() => _time.GetElapsedTime(begun) > _patience ? whenFull : Counted(work), hash)));
        return hash.Task;
    }

    /// <summary>Hashes, and gives the place back before anybody hears of it, who may come back at once.</summary>
    /// <returns>What tells whoever waits.</returns>
    private Action Hash<T>(Func<T> work, TaskCompletionSource<T> hash)
    {
        try
        {
            var result = work();
            return () => hash.SetResult(result);
        }
        catch (Exception error)
        {
            // Whatever it is, it is the caller's to know, and the thread goes on.
            return () => hash.SetException(error);
        }
        finally
        {
            Interlocked.Decrement(ref _taken);
        }
    }

    private static T Counted<T>(Func<T> work)
    {
        _hashed.Add(1);
        return work();
    }

    private static Thread Start(string name, ThreadStart run)
    {
        var thread = new Thread(run) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    private static void RunAll(BlockingCollection<Action> actions)
    {
        foreach (var action in actions.GetConsumingEnumerable())
            action();
    }
}

/// <summary>Bounds of the <see cref="PasswordPool"/>, section <c>Passwords</c>.</summary>
internal sealed class PasswordPoolOptions
{
    /// <summary>Hashes at once.</summary>
    public int Concurrency { get; set; } = Environment.ProcessorCount;

    /// <summary>Hashes that wait, at most: of some seconds.</summary>
    public int MaxWaiting { get; set; } = 80 * Environment.ProcessorCount;

    /// <summary>How long one waits: after that whoever asked is about to give up, and is told to come back rather than hashed for.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(8);
}
