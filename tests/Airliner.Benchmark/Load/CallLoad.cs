using System.Diagnostics;

namespace Airliner.Benchmark.Load;

/// <summary>Loads by calls of a client: each caller begins its next call when the last one is answered.</summary>
internal static class CallLoad
{
    /// <param name="call">One call of caller n; throws where the answer does not count.</param>
    public static async Task<LoadResult> RunAsync(int callers, Func<int, Task> call, TimeSpan duration, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var runs = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => RunAsync(caller), cancellation)));
        return LoadResult.Of(
            [.. runs.SelectMany(run => run.Microseconds)], duration, runs.Sum(run => run.Errors), runs.Select(run => run.FirstError).FirstOrDefault(error => error is not null));

        async Task<(List<int> Microseconds, long Errors, string? FirstError)> RunAsync(int caller)
        {
            var (microseconds, errors, firstError) = (new List<int>(1 << 14), 0L, default(string));
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                cancellation.ThrowIfCancellationRequested();
                var begun = Stopwatch.GetTimestamp();
                try
                {
                    await call(caller);
                    microseconds.Add((int)Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    // Whatever a call meets is what the table counts.
                    errors++;
                    firstError ??= error.Message;
                }
            }

            return (microseconds, errors, firstError);
        }
    }
}
