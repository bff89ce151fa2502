using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Airliner.Kafka.Outbox;

/// <summary>
/// How far the consumer groups of this process have had their effect. On a broker that forgets, the outbox keeps a row until all of its topic's
/// groups are past it.
/// </summary>
internal sealed class ConsumptionProgress
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> _groups = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Group, TopicPartition Partition), long> _next = new();

    /// <summary>A partition's consumed part has grown.</summary>
    public event Action<TopicPartition>? Advanced;

    /// <summary>Records of a partition, from an offset up to another, were dropped before a group had read them.</summary>
    public event Action<TopicPartition, long, long>? Skipped;

    /// <summary>Says that a group of this process consumes a topic. Before any event is published.</summary>
    public void Register(string group, IEnumerable<string> topics)
    {
        foreach (var topic in topics)
            _groups.GetOrAdd(topic, _ => new(StringComparer.Ordinal)).TryAdd(group, true);
    }

    public bool IsConsumed(string topic) => _groups.ContainsKey(topic);

    /// <summary>The first offset that some group has not had its effect of yet.</summary>
    public long Consumed(TopicPartition partition) =>
        _groups.TryGetValue(partition.Topic, out var groups) ? groups.Keys.Min(group => Next(group, partition)) : long.MaxValue;

    /// <summary>The first offset that a group has not had its effect of yet.</summary>
    public long Next(string group, TopicPartition partition) => _next.GetValueOrDefault((group, partition));

    /// <summary>A group has had its effect of everything before <paramref name="next"/>.</summary>
    public void Effected(string group, TopicPartitionOffset next)
    {
        _next.AddOrUpdate((group, next.TopicPartition), next.Offset.Value, (_, known) => Math.Max(known, next.Offset.Value));
        Advanced?.Invoke(next.TopicPartition);
    }

    /// <summary>A group found nothing between two offsets.</summary>
    public void Missing(TopicPartition partition, long from, long to) => Skipped?.Invoke(partition, from, to);
}
