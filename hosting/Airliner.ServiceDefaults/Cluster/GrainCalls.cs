using System.Diagnostics.Metrics;
using Airliner.Contracts.Records;
using Microsoft.Extensions.Logging;

namespace Airliner.ServiceDefaults.Cluster;

/// <summary>
/// Calls grains from a gateway, and tries again where the cluster has just changed. Retries live here alone: every command carries its id, so a repeat
/// of one that ran is recognised.
/// </summary>
public sealed partial class GrainCalls(IGrainFactory grains, TimeProvider time, ILogger<GrainCalls> log)
{
    private const int MoreTries = 3;
    private static readonly Meter _meter = new("Airliner.Cluster");
    private static readonly Counter<long> _retries = _meter.CreateCounter<long>(
        "airliner.cluster.call_retries", "{call}", "Grain calls that a gateway has repeated, by reason: silo_gone, inconsistent.");

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Runs <paramref name="call"/>; when the silo refused it, is not there any more, or its grain has to read its record again, at most three times more within ten
    /// seconds.
    /// </summary>
    /// <param name="cancellation">Ends the waiting and the tries; a call that is under way runs on in its grain.</param>
    public async Task<T> Call<T>(Func<IGrainFactory, Task<T>> call, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        var started = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call(grains).WaitAsync(cancellation);
            }
            catch (Exception error) when (attempt < MoreTries && !cancellation.IsCancellationRequested && error.Kind() is (ClusterError.SiloGone or ClusterError.Inconsistent))
            {
                // 50, 150, 450 ms, each up to half longer, so that callers of a lost silo do not come back together.
                var delay = TimeSpan.FromMilliseconds(50 * Math.Pow(3, attempt) * (1 + (Random.Shared.NextDouble() / 2)));
                if (time.GetElapsedTime(started) + delay > _deadline)
                    throw;
                _retries.Add(1, new KeyValuePair<string, object?>("reason", error.Kind() == ClusterError.SiloGone ? "silo_gone" : "inconsistent"));
                LogRetry(attempt + 1, error.GetType().Name, error.Message);
                await Task.Delay(delay, time, cancellation);
            }
        }
    }

    /// <summary>The same, for who has to know whether a command that failed may have been carried out.</summary>
    /// <param name="notDone">Called where it certainly was not: no try of several has an outcome that is unknown.</param>
    public async Task<T> Call<T>(Func<IGrainFactory, Task<T>> call, Action notDone)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(notDone);
        var isDoubtful = false;
        try
        {
            return await Call(async factory =>
            {
                try
                {
                    return await call(factory);
                }
                catch (Exception error) when (error is not (StorageUnavailableException or RecordRejectedException))
                {
                    isDoubtful = true;
                    throw;
                }
            });
        }
        catch (Exception error) when (!isDoubtful && error is (StorageUnavailableException or RecordRejectedException))
        {
            notDone();
            throw;
        }
    }

    /// <summary>Runs a call that changes nothing until it is answered, however long its service is away: for streams, which outlast that.</summary>
    public async Task<T> CallUntilAnswered<T>(Func<IGrainFactory, Task<T>> call, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await Call(call, cancellation);
            }
            catch (Exception error) when (error.Kind() is ClusterError.SiloGone or ClusterError.Inconsistent or ClusterError.StorageAway or ClusterError.TimedOut)
            {
                await Task.Delay(TimeSpan.FromSeconds(0.5 + (Random.Shared.NextDouble() / 2)), time, cancellation);
            }
        }
    }

    /// <inheritdoc cref="Call{T}(Func{IGrainFactory, Task{T}}, CancellationToken)"/>
    public Task Call(Func<IGrainFactory, Task> call, CancellationToken cancellation = default) => Call(
        async factory =>
        {
            await call(factory);
            return true;
        },
        cancellation);

    [LoggerMessage(LogLevel.Warning, "A grain call is repeated (try {Attempt}): {Error}: {Message}")]
    private partial void LogRetry(int attempt, string error, string message);
}
