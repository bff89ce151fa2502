using System.Diagnostics.Metrics;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>What the record store tells of itself.</summary>
internal static class RecordInstruments
{
    private static readonly Meter _meter = new("Airliner.Persistence");

    private static readonly Histogram<int> _batchSize = _meter.CreateHistogram<int>(
        "airliner.records.batch_size", "{write}", "Writes in one commit.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });

    public static void Batch(string table, int size) => _batchSize.Record(size, new KeyValuePair<string, object?>("table", table));
}
