namespace Airliner.Tasks.Grains.Lifecycle;

/// <summary>
/// How long to wait between a task's attempts: a bound that grows from one to the next, of which chance takes a part away, so that what failed together does
/// not come back together. By default all of it is left to chance ("full jitter"), which made the fewest calls in the comparison of
/// <see href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/"/>.
/// </summary>
internal sealed class RetryPolicy
{
    /// <summary>The bound after the first attempt.</summary>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>By what the bound grows with each attempt.</summary>
    public double Factor { get; set; } = 2;

    /// <summary>What the bound never passes.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What part of the bound is left to chance, 0–1: 1 is full jitter, 0.5 equal jitter, 0 none.</summary>
    public double Jitter { get; set; } = 1;

    /// <summary>How long to wait after so many attempts, at least 1.</summary>
    public TimeSpan Wait(int attempts)
    {
        var bound = Math.Min(LongestWait.TotalMicroseconds, FirstWait.TotalMicroseconds * Math.Pow(Factor, attempts - 1));
        return TimeSpan.FromMicroseconds(Math.Round(bound * (1 - (Jitter * Random.Shared.NextDouble()))));
    }
}
