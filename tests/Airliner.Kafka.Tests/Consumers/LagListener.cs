using System.Diagnostics.Metrics;

namespace Airliner.Kafka.Tests.Consumers;

/// <summary>Reads the metric <c>airliner.events.lag</c> of one group, as an exporter does.</summary>
internal sealed class LagListener : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<int, (string Topic, long Lag)> _seen = [];

    public LagListener(string group)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Airliner.Kafka", Name: "airliner.events.lag" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, lag, tags, _) =>
        {
            var named = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            if (group.Equals(named["group"]))
                _seen[(int)named["partition"]!] = ((string)named["topic"]!, lag);
        });
        _listener.Start();
    }

    /// <summary>Of all partitions that are measured.</summary>
    public int Total()
    {
        Measure();
        return (int)_seen.Values.Sum(partition => partition.Lag);
    }

    /// <summary>The partitions that are measured, as <c>topic partition</c>.</summary>
    public IEnumerable<string> Partitions()
    {
        Measure();
        return [.. _seen.Select(partition => $"{partition.Value.Topic} {partition.Key}")];
    }

    public void Dispose() => _listener.Dispose();

    private void Measure()
    {
        _seen.Clear();
        _listener.RecordObservableInstruments();
    }
}
