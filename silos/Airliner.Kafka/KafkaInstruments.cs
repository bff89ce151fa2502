using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Confluent.Kafka;

namespace Airliner.Kafka;

/// <summary>What the relays and consumers tell of themselves.</summary>
internal static class KafkaInstruments
{
    private static readonly Meter _meter = new("Airliner.Kafka");
    private static readonly ConcurrentDictionary<object, (string Service, Func<int> InFlight, Func<bool> IsBehind)> _relays = new();
    private static readonly ConcurrentDictionary<(string Group, TopicPartition Partition), long> _lag = new();

    private static readonly Counter<long> _published = _meter.CreateCounter<long>(
        "airliner.outbox.published", "{event}", "Events that the broker has acknowledged.");

    private static readonly Counter<long> _adopted = _meter.CreateCounter<long>(
        "airliner.outbox.adopted", "{event}", "Events taken over from silos that are gone.");

    private static readonly Counter<long> _handled = _meter.CreateCounter<long>(
        "airliner.events.handled", "{event}", "Events that a consumer has had its effect of.");

    private static readonly Counter<long> _rejected = _meter.CreateCounter<long>(
        "airliner.events.rejected", "{event}", "Events that went to the dead letters.");

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
            "airliner.events.lag",
            () => _lag.Select(lag => new Measurement<long>(
                lag.Value, Tag("group", lag.Key.Group), Tag("topic", lag.Key.Partition.Topic), Tag("partition", lag.Key.Partition.Partition.Value))),
            "{event}",
            "Records that a partition has and its group has not handled.");
    }

    public static void Watch(object relay, string service, Func<int> inFlight, Func<bool> isBehind) => _relays[relay] = (service, inFlight, isBehind);

    public static void Unwatch(object relay) => _relays.TryRemove(relay, out _);

    public static void Published(string service) => _published.Add(1, Tag("service", service));

    public static void Adopted(string service, int count) => _adopted.Add(count, Tag("service", service));

    public static void Handled(string group, int count) => _handled.Add(count, Tag("group", group));

    public static void Rejected(string group, string topic) => _rejected.Add(1, Tag("group", group), Tag("topic", topic));

    public static void Lag(string group, TopicPartition partition, long records) => _lag[(group, partition)] = records;

    public static void NoLag(string group, TopicPartition partition) => _lag.TryRemove((group, partition), out _);

    /// <summary>The lag of each partition that this process reads for the group, and knows it of.</summary>
    public static IEnumerable<(string Topic, long Records)> LagsOf(string group) =>
        _lag.Where(lag => lag.Key.Group == group).Select(lag => (lag.Key.Partition.Topic, lag.Value));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
