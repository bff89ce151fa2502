namespace Airliner.Benchmark.Load;

/// <summary>What a load saw.</summary>
/// <param name="OperationsPerSecond">Answers that counted.</param>
/// <param name="P50">Milliseconds from the request's first byte to the answer's last.</param>
/// <param name="P95">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="FirstError">The first answer that did not count.</param>
internal sealed record LoadResult(double OperationsPerSecond, double P50, double P95, double P99, long Errors, string? FirstError = null)
{
    /// <summary>Nothing was seen, and nothing went wrong.</summary>
    public static LoadResult None { get; } = new(0, double.NaN, double.NaN, double.NaN, 0);

    /// <summary>Summarises latencies, which it sorts.</summary>
    /// <param name="microseconds">One for each operation.</param>
    public static LoadResult Of(List<int> microseconds, TimeSpan duration, long errors = 0, string? firstError = null)
    {
        microseconds.Sort();
        return new(microseconds.Count / duration.TotalSeconds, At(0.50), At(0.95), At(0.99), errors, firstError);

        double At(double quantile) => microseconds.Count == 0 ? double.NaN : microseconds[(int)Math.Min(microseconds.Count - 1, quantile * microseconds.Count)] / 1000.0;
    }

    /// <summary>The median of each figure over the rounds, and the sum of the errors.</summary>
    public static LoadResult MedianOf(IReadOnlyCollection<LoadResult> rounds) => new(
        Median(rounds.Select(round => round.OperationsPerSecond)),
        Median(rounds.Select(round => round.P50)),
        Median(rounds.Select(round => round.P95)),
        Median(rounds.Select(round => round.P99)),
        rounds.Sum(round => round.Errors),
        rounds.Select(round => round.FirstError).FirstOrDefault(error => error is not null));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
