using System.Collections.Concurrent;
using System.Globalization;
using Airliner.Contracts.Records;
using Airliner.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Airliner.ServiceDefaults.Streams;

/// <summary>
/// Streams that last no longer than the access token that opened them: one that is revoked or expires ends its streams. A gateway that stops ends them all, so that
/// their clients go on at another one, and it need not wait for them.
/// </summary>
public sealed class LiveStreams
{
    private readonly ConcurrentDictionary<LiveStream, byte> _open = new();
    private readonly RevocationFeed _revocations;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;

    internal LiveStreams(RevocationFeed revocations, TimeProvider time, IHostApplicationLifetime process)
    {
        (_revocations, _time, _stopping) = (revocations, time, process.ApplicationStopping);
        revocations.Changed += () =>
        {
            foreach (var (stream, _) in _open)
                EndIfRevoked(stream);
        };
    }

    /// <summary>Runs a stream whose request was let through by its token.</summary>
    /// <param name="stream">Ends when its token is cancelled.</param>
    /// <param name="cancellation">Cancelled when the client is gone or has waited long enough.</param>
    /// <exception cref="TokenEndedException">The access token ended first.</exception>
    /// <exception cref="StorageUnavailableException">Whether it is revoked cannot be known any more, or the gateway stops.</exception>
    public async Task RunAsync(HttpContext http, Func<CancellationToken, Task> stream, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(stream);
        var expires = long.Parse(http.User.FindFirst("exp")!.Value, CultureInfo.InvariantCulture);
        var left = DateTimeOffset.FromUnixTimeSeconds(expires) - _time.GetUtcNow();
        // A user's token is its session's; a machine client has none.
        var owner = (http.User.FindFirst("sid") ?? http.User.FindFirst("client_id"))!.Value;
        using var live = new LiveStream(owner, http.User.FindFirst("jti")!.Value, left > TimeSpan.Zero ? left : TimeSpan.Zero, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, live.Ended, _stopping);
        _open[live] = 0;
        try
        {
            // What was revoked while it was being opened told nobody.
            EndIfRevoked(live);
            await stream(ending.Token);
        }
        catch (OperationCanceledException) when (live.Ended.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw live.Reason ?? new TokenEndedException("has expired");
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new StorageUnavailableException("The gateway stops: open the stream again, at another one.");
        }
        finally
        {
            _open.TryRemove(live, out _);
        }
    }

    private void EndIfRevoked(LiveStream stream)
    {
        try
        {
            if (_revocations.IsRevoked(stream.Owner) || _revocations.IsRevoked(stream.TokenId))
                stream.End(new TokenEndedException("was revoked"));
        }
        catch (StorageUnavailableException error)
        {
            stream.End(error);
        }
    }

    private sealed class LiveStream(string owner, string tokenId, TimeSpan left, TimeProvider time) : IDisposable
    {
        private readonly CancellationTokenSource _ended = new(left, time);

        public string Owner => owner;

        public string TokenId => tokenId;

        public CancellationToken Ended => _ended.Token;

        /// <summary>Why it was ended; null where its token has expired.</summary>
        public Exception? Reason { get; private set; }

        public void End(Exception reason)
        {
            Reason = reason;
            try
            {
                _ended.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself just now.
            }
        }

        public void Dispose() => _ended.Dispose();
    }
}

/// <summary>A stream's access token was revoked or has expired.</summary>
public sealed class TokenEndedException(string how) : Exception($"The access token {how}: open the stream again with a new one.");
