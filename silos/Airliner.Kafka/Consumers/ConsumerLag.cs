using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Airliner.Kafka.Consumers;

/// <summary>
/// How many records of its partitions a consumer has not had the effect of, once a second: from the offset that it has stored to the end that the
/// broker tells. What the client itself knows of an end stands still while the partition is paused, and that is when the lag grows. Called by the
/// consumer's own thread.
/// </summary>
internal sealed class ConsumerLag(string group, TimeProvider time)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<TopicPartition, long> _handled = [];
    private IAdminClient? _admin;
    private Task<ListOffsetsResult>? _ends;
    private long _asked;

    /// <summary>Everything before <paramref name="next"/> has had its effect.</summary>
    public void Handled(TopicPartitionOffset next) => _handled[next.TopicPartition] = next.Offset.Value;

    /// <summary>The partition is another consumer's.</summary>
    public void Lost(TopicPartition partition)
    {
        _handled.Remove(partition);
        KafkaInstruments.NoLag(group, partition);
    }

    /// <summary>Takes what the broker has answered, and asks again when it is time; waits for no answer.</summary>
    public void Measure(IConsumer<byte[], byte[]> consumer, IEnumerable<TopicPartition> assigned)
    {
        if (_ends is { IsCompleted: true })
        {
            if (_ends.IsCompletedSuccessfully)
                Record(_ends.Result);
            _ends = null;
        }

        if (_ends is not null || time.GetElapsedTime(_asked) < _interval)
            return;
        _asked = time.GetTimestamp();
        var partitions = assigned.ToArray();
        if (partitions.Length == 0)
            return;
        Learn(consumer, partitions);
        _admin ??= new DependentAdminClientBuilder(consumer.Handle).Build();
        _ends = _admin.ListOffsetsAsync(
            partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() }),
            new ListOffsetsOptions { RequestTimeout = _timeout });
    }

    /// <summary>The consumer that was measured ends.</summary>
    public void Detach()
    {
        _admin?.Dispose();
        (_admin, _ends) = (null, null);
    }

    private void Record(ListOffsetsResult ends)
    {
        foreach (var end in ends.ResultInfos.Select(info => info.TopicPartitionOffsetError).Where(end => !end.Error.IsError))
        {
            if (_handled.TryGetValue(end.TopicPartition, out var handled))
                KafkaInstruments.Lag(group, end.TopicPartition, Math.Max(0, end.Offset.Value - handled));
        }
    }

    /// <summary>Where the group was when the partitions came: asked once, and again while there is no answer.</summary>
    private void Learn(IConsumer<byte[], byte[]> consumer, TopicPartition[] partitions)
    {
        var unknown = partitions.Where(partition => !_handled.ContainsKey(partition)).ToArray();
        if (unknown.Length == 0)
            return;
        try
        {
            foreach (var committed in consumer.Committed(unknown, _interval))
            {
                // A group that is new begins at the first record.
                var next = committed.Offset.Value >= 0 ? committed.Offset.Value : consumer.GetWatermarkOffsets(committed.TopicPartition).Low.Value;
                if (next >= 0)
                    _handled[committed.TopicPartition] = next;
            }
        }
        catch (KafkaException)
        {
            // The broker is away.
        }
    }
}
