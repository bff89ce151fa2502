using System.Text;
using Airliner.Contracts.Events;
using Confluent.Kafka;

namespace Airliner.EndToEnd.Tests.Rebalance;

/// <summary>A dead letter, by what its headers say.</summary>
/// <param name="Topic">The topic of dead letters.</param>
/// <param name="Origin">Where its record came from, as <c>topic partition offset</c>.</param>
internal sealed record SeenLetter(string Topic, string Origin, string Group, string Reason, string? Value);

/// <summary>Reads all topics of dead letters from their beginning.</summary>
internal sealed class DeadLetterReader : IDisposable
{
    private readonly IConsumer<byte[], string> _consumer;

    public DeadLetterReader(string brokers)
    {
        _consumer = new ConsumerBuilder<byte[], string>(new ConsumerConfig
        {
            BootstrapServers = brokers,
            GroupId = $"test-{Guid.NewGuid():n}",
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        _consumer.Assign(
            from topic in Topics.All from partition in Enumerable.Range(0, 12) select new TopicPartitionOffset(Topics.DeadLettersOf(topic), partition, Offset.Beginning));
    }

    /// <summary>All that there are, once there are letters of so many records, and then no more for a moment.</summary>
    public Task<List<SeenLetter>> ReadAsync(int records, TimeSpan atMost) => Task.Run(() =>
    {
        var seen = new List<SeenLetter>();
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var next = _consumer.Consume(TimeSpan.FromSeconds(1));
            if (next is { Message: not null })
                seen.Add(Of(next));
            else if (seen.DistinctBy(letter => letter.Origin).Count() >= records)
                return seen;
            else if (TimeProvider.System.GetElapsedTime(started) > atMost)
                throw new TimeoutException($"In {atMost.TotalSeconds:0} s there were letters of {seen.DistinctBy(letter => letter.Origin).Count()} records, and not of {records}.");
        }
    });

    public void Dispose() => _consumer.Dispose();

    private static SeenLetter Of(ConsumeResult<byte[], string> record)
    {
        return new(record.Topic, $"{Header("dlq_topic")} {Header("dlq_partition")} {Header("dlq_offset")}", Header("dlq_group"), Header("dlq_reason"), record.Message.Value);

        string Header(string name) => record.Message.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";
    }
}
