using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Confluent.Kafka;

namespace Airliner.Kafka;

/// <summary>What the relays and consumers tell of themselves.</summary>
internal static class KafkaInstruments
{
    private static readonly Meter _meter = new("Airliner.Kafka");
    private static readonly ConcurrentDictionary<object, WatchedRelay> _relays = new();
    private static readonly ConcurrentDictionary<(string Group, TopicPartition Partition), long> _lag = new();

    private static readonly Counter<long> _published = _meter.CreateCounter<long>(
        "airliner.outbox.published", "{event}", "Events that the broker has acknowledged.");

    private static readonly Counter<long> _adopted = _meter.CreateCounter<long>(
        "airliner.outbox.adopted", "{event}", "Events taken over from silos that are gone.");

    private static readonly Counter<long> _handled = _meter.CreateCounter<long>(
        "airliner.events.handled", "{event}", "Events that a consumer has had its effect of.");

    private static readonly Counter<long> _rejected = _meter.CreateCounter<long>(
        "airliner.events.rejected", "{event}", "Events that went to the dead letters.");

    /// <summary>OpenTelemetry's own, as its semantic conventions for messaging have it.</summary>
    private static readonly Histogram<double> _processed = _meter.CreateHistogram<double>(
        "messaging.process.duration", "s", "Duration of processing operation.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] });

    static KafkaInstruments()
    {
        _meter.CreateObservableGauge(
            "airliner.outbox.in_flight",
            () => _relays.Values.Select(relay => new Measurement<int>(relay.InFlight(), Tag("service", relay.Service))),
            "{event}",
            "Events in memory whose rows are not deleted yet.");
        _meter.CreateObservableGauge(
            "airliner.outbox.behind",
            () => _relays.Values.Select(relay => new Measurement<int>(relay.IsBehind() ? 1 : 0, Tag("service", relay.Service))),
            description: "1 while events wait in the table for memory to have room.");
        _meter.CreateObservableGauge(
            "airliner.outbox.depth",
            () => _relays.Values.Select(relay => new Measurement<long>(relay.Backlog().Events, Tag("service", relay.Service))),
            "{event}",
            "Events of the service in its outbox, whichever silo is to publish them.");
        _meter.CreateObservableGauge(
            "airliner.outbox.oldest_age",
            () => _relays.Values.Select(relay => new Measurement<double>(relay.Backlog().OldestAge.TotalSeconds, Tag("service", relay.Service))),
            "s",
            "Age of the oldest event in the service's outbox.");
        _meter.CreateObservableGauge(
            "airliner.events.lag",
            () => _lag.Select(lag => new Measurement<long>(
                lag.Value, Tag("group", lag.Key.Group), Tag("topic", lag.Key.Partition.Topic), Tag("partition", lag.Key.Partition.Partition.Value))),
            "{event}",
            "Records that a partition has and its group has not handled.");
    }

    public static void Watch(object relay, WatchedRelay how) => _relays[relay] = how;

    public static void Unwatch(object relay) => _relays.TryRemove(relay, out _);

    public static void Published(string service) => _published.Add(1, Tag("service", service));

    public static void Adopted(string service, int count) => _adopted.Add(count, Tag("service", service));

    public static void Handled(string group, int count) => _handled.Add(count, Tag("group", group));

    /// <summary>A batch of events was handled, or given up.</summary>
    public static void Processed(string group, TimeSpan took) => _processed.Record(
        took.TotalSeconds, Tag("messaging.system", "kafka"), Tag("messaging.operation.name", "process"), Tag("messaging.consumer.group.name", group));

    public static void Rejected(string group, string topic) => _rejected.Add(1, Tag("group", group), Tag("topic", topic));

    public static void Lag(string group, TopicPartition partition, long records) => _lag[(group, partition)] = records;

    public static void NoLag(string group, TopicPartition partition) => _lag.TryRemove((group, partition), out _);

    /// <summary>The lag of each partition that this process reads for the group, and knows it of.</summary>
    public static IEnumerable<(string Topic, long Records)> LagsOf(string group) =>
        _lag.Where(lag => lag.Key.Group == group).Select(lag => (lag.Key.Partition.Topic, lag.Value));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}

/// <summary>What there is to tell of a relay.</summary>
internal sealed record WatchedRelay(string Service, Func<int> InFlight, Func<bool> IsBehind, Func<OutboxBacklog> Backlog);

/// <summary>What an outbox had when it was last looked at.</summary>
/// <param name="OldestAge">How old its oldest event was then.</param>
internal sealed record OutboxBacklog(long Events, TimeSpan OldestAge);
