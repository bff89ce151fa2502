using System.Collections.Concurrent;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Records;
using Airliner.ServiceDefaults.Cluster;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Airliner.ServiceDefaults.Security;

/// <summary>
/// What is revoked, as this gateway knows it: it reads the auth silo's feed all the time, so that a revocation is known within a second. The gateway is not
/// ready before it has read everything once. Without the feed what is known stays in force; when that has lasted too long, no token can be judged.
/// </summary>
/// <param name="goodWithout">How long tokens are good without the feed.</param>
internal sealed partial class RevocationFeed(IGrainFactory grains, TimeProvider time, TimeSpan goodWithout, ILogger<RevocationFeed> log) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Twice what a call waits in its grain for news: one that takes longer was lost with a silo, and is not waited for.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(4);

    /// <summary>Failures in a row that are worth a line: a start, and a silo that is replaced, take some.</summary>
    private const int ToldFailures = 12;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _revoked = new(StringComparer.Ordinal);
    private RevocationPosition? _position;
    private long _readAt;

    /// <summary>Something was revoked, or what is revoked is not known any more.</summary>
    public event Action? Changed;

    /// <summary>Whether a token, or all of a session's or a machine client's, are revoked.</summary>
    /// <exception cref="StorageUnavailableException">The feed has been away for too long to say.</exception>
    public bool IsRevoked(string id)
    {
        if (!IsFresh)
            throw new StorageUnavailableException("What is revoked cannot be known now.");
        return _revoked.ContainsKey(id);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        IsFresh ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("What is revoked is not known: the auth service does not answer."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Take(await grains.GetGrain<IRevocationsGrain>(0).After(_position).WaitAsync(_patience, time, stoppingToken));
                failures = 0;
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, reading goes on.
                if (++failures == ToldFailures)
                    LogAway(error.Kind(), error.Message);
                if (!IsFresh)
                    Changed?.Invoke();
                await Task.Delay(_pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool IsFresh => Volatile.Read(ref _readAt) is > 0 and var at && time.GetElapsedTime(at) < goodWithout;

    private void Take(RevocationNews news)
    {
        foreach (var one in news.Revocations)
            _revoked[one.Id] = one.ExpiresAt;
        var now = time.GetUtcNow();
        foreach (var (id, expires) in _revoked)
        {
            if (expires <= now)
                _revoked.TryRemove(id, out _);
        }

        _position = news.Position;
        Volatile.Write(ref _readAt, time.GetTimestamp());
        if (news.Revocations.Count > 0)
            Changed?.Invoke();
    }

    [LoggerMessage(LogLevel.Warning, "The feed of revocations cannot be read ({Kind}: {Reason}); trying again")]
    private partial void LogAway(ClusterError kind, string reason);
}
