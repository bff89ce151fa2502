using System.Diagnostics;
using Confluent.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Redrive;

/// <summary>Part of a partition: from an offset up to another.</summary>
/// <param name="From">The first offset.</param>
/// <param name="To">The offset after the last.</param>
internal readonly record struct LetterRange(TopicPartition Partition, long From, long To)
{
    public long Count => Math.Max(0, To - From);
}

/// <summary>Reads dead letters by their places, without joining a group.</summary>
internal sealed class LetterReader(KafkaOptions options, string group) : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _askAgain = TimeSpan.FromMilliseconds(100);

    private readonly IConsumer<byte[], byte[]> _consumer =
        new ConsumerBuilder<byte[], byte[]>(options.Reader(group)).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    /// <summary>All that the partition has. Where its leader is just changing, or does not know yet that it is, it is asked again.</summary>
    public LetterRange Kept(TopicPartition partition)
    {
        for (var started = Stopwatch.GetTimestamp(); ; Task.Delay(_askAgain).Wait())
        {
            try
            {
                var offsets = _consumer.QueryWatermarkOffsets(partition, _timeout);
                return new(partition, offsets.Low.Value, offsets.High.Value);
            }
            catch (KafkaException error) when (
                error.Error.Code is ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable && Stopwatch.GetElapsedTime(started) < _timeout)
            {
                // As when a topic was just made, or a broker has just gone.
            }
        }
    }

    /// <summary>What was not redriven yet of these ranges.</summary>
    public IReadOnlyList<LetterRange> Waiting(IReadOnlyList<LetterRange> kept)
    {
        var marks = _consumer.Committed(kept.Select(range => range.Partition), _timeout).ToDictionary(mark => mark.TopicPartition, mark => mark.Offset.Value);
        return [.. kept.Select(range => range with { From = Math.Max(range.From, marks[range.Partition]) })];
    }

    /// <summary>The letters of the ranges, each partition's in order.</summary>
    public IEnumerable<KeptLetter> Read(IEnumerable<LetterRange> ranges)
    {
        foreach (var range in ranges.Where(range => range.Count > 0))
        {
            _consumer.Assign(new TopicPartitionOffset(range.Partition, range.From));
            while (Next() is { IsPartitionEOF: false } record && record.Offset.Value < range.To)
            {
                yield return KeptLetter.Of(record);
                if (record.Offset.Value == range.To - 1)
                    break;
            }
        }
    }

    /// <summary>Everything before these offsets was redriven.</summary>
    public void Mark(IEnumerable<TopicPartitionOffset> next) => _consumer.Commit(next);

    public void Dispose() => _consumer.Dispose();

    private ConsumeResult<byte[], byte[]> Next() =>
        _consumer.Consume(_timeout) ?? throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"No record came within {_timeout.TotalSeconds:0} seconds."));
}
