using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Airliner.Kafka.Consumers;

/// <summary>
/// The partitions that a consumer has, each with a number that changes when it is lost and comes back: the effect of a batch is stored only under
/// the assignment that the batch was read under.
/// </summary>
internal sealed class Assignments
{
    private readonly ConcurrentDictionary<TopicPartition, int> _current = new();
    private int _last;

    public IEnumerable<TopicPartition> Partitions => _current.Keys;

    public int this[TopicPartition partition] => _current.GetValueOrDefault(partition);

    public void Add(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            _current[partition] = ++_last;
    }

    public void Remove(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            _current.TryRemove(partition, out _);
    }

    public bool IsCurrent(TopicPartition partition, int assignment) => assignment != 0 && this[partition] == assignment;
}
