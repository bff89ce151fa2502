using System.Diagnostics.Metrics;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>What the record store tells of itself.</summary>
internal static class RecordInstruments
{
    private static readonly Meter _meter = new("Airliner.Persistence");

    private static readonly Histogram<int> _batchSize = _meter.CreateHistogram<int>(
        "airliner.records.batch_size", "{write}", "Writes in one commit.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });

    private static readonly Histogram<double> _commitWait = _meter.CreateHistogram<double>(
        "airliner.records.commit_wait", "s", "How long the first write of a commit had waited for it.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });

    /// <summary>A commit begins.</summary>
    /// <param name="waited">How long its first write has waited.</param>
    public static void Batch(string table, int size, TimeSpan waited)
    {
        var tag = new KeyValuePair<string, object?>("table", table);
        _batchSize.Record(size, tag);
        _commitWait.Record(waited.TotalSeconds, tag);
    }
}
