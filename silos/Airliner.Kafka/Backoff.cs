namespace Airliner.Kafka;

/// <summary>How long to wait before the next try.</summary>
internal static class Backoff
{
    /// <summary>100 ms, doubled with each failure to five seconds, with jitter so that silos do not try in step.</summary>
    /// <param name="failures">How many tries have failed before the last one.</param>
    public static TimeSpan After(int failures)
    {
        var most = Math.Min(100 * Math.Pow(2, Math.Min(failures, 6)), 5_000);
        return TimeSpan.FromMilliseconds((most / 2) + (Random.Shared.NextDouble() * most / 2));
    }
}
