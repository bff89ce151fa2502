using System.Collections.Concurrent;
using System.Diagnostics;
using Hangfire;

namespace Airliner.Benchmark.Hangfire;

/// <summary>Enqueues jobs that do nothing, from as many callers as the system has connections, and waits until Hangfire has them all as succeeded.</summary>
internal sealed class JobRun(IBackgroundJobClient jobs, JobStorage storage)
{
    private static readonly TimeSpan _askEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>When each job of the run was performed.</summary>
    private static readonly ConcurrentDictionary<int, long> _performed = new();

    /// <summary>What Hangfire calls.</summary>
    public static void DoNothing(int number) => _performed[number] = Stopwatch.GetTimestamp();

    public async Task<JobRunAnswer> RunAsync(int count, int callers, CancellationToken cancellation)
    {
        // An enqueue holds its thread, and the pool would grow to so many callers only after the round.
        ThreadPool.GetMinThreads(out var threads, out var ports);
        ThreadPool.SetMinThreads(Math.Max(threads, callers), ports);
        _performed.Clear();
        var enqueued = new long[count];
        var before = Succeeded();
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = callers, CancellationToken = cancellation }, (number, _) =>
        {
            enqueued[number] = Stopwatch.GetTimestamp();
            jobs.Enqueue(() => DoNothing(number));
            return ValueTask.CompletedTask;
        });
        using var timer = new PeriodicTimer(_askEvery);
        while (Succeeded() - before < count)
            await timer.WaitForNextTickAsync(cancellation);
        return new(
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            [.. enqueued.Select((at, number) => (int)Stopwatch.GetElapsedTime(at, _performed[number]).TotalMicroseconds)]);
    }

    private long Succeeded() => storage.GetMonitoringApi().GetStatistics().Succeeded;
}

/// <param name="Seconds">From the first enqueue until the last job had succeeded.</param>
/// <param name="Microseconds">From each job's enqueue until it was performed.</param>
internal sealed record JobRunAnswer(double Seconds, IReadOnlyList<int> Microseconds);
