using Confluent.Kafka;

namespace Airliner.Kafka.Consumers;

/// <summary>Records read together: the events among them, and what is none.</summary>
internal sealed class EventBatch
{
    private readonly Dictionary<TopicPartitionOffset, ConsumeResult<byte[], byte[]>> _records = [];
    private readonly Dictionary<TopicPartition, (long Next, int Assignment)> _next = [];

    public List<ConsumedEvent> Events { get; } = [];

    public List<DeadLetter> DeadLetters { get; } = [];

    public int Count => _records.Count;

    /// <summary>The first offset after the batch, for each of its partitions, and the assignment that it was read under.</summary>
    public IEnumerable<(TopicPartitionOffset Next, int Assignment)> Ends =>
        _next.Select(end => (new TopicPartitionOffset(end.Key, end.Value.Next), end.Value.Assignment));

    public void Add(ConsumeResult<byte[], byte[]> record, int assignment)
    {
        _next[record.TopicPartition] = (record.Offset.Value + 1, assignment);
        // Read twice where the partition was lost and came back.
        if (!_records.TryAdd(record.TopicPartitionOffset, record))
            return;
        if (EventParser.TryParse(record, out var parsed, out var reason, out var error))
            Events.Add(parsed);
        else
            DeadLetters.Add(new DeadLetter(record, reason, error.GetType().FullName, error.ToString()));
    }

    public DeadLetter Reject(EventRejection rejection) => new(
        _records[rejection.Event.Position], rejection.Reason, rejection.Error?.GetType().FullName, rejection.Stack);
}
