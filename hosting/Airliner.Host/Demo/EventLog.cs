using System.Globalization;
using System.Text;
using Airliner.Contracts.Events;
using Confluent.Kafka;

namespace Airliner.Host.Demo;

/// <summary>Reads the topics as any consumer does.</summary>
internal static class EventLog
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    /// <summary>The records of one user and one task, once the task's end is among them or patience is.</summary>
    public static Task<List<EventRecord>> ReadAsync(string brokers, long userId, long taskId, DateTimeOffset since) => Task.Run(() =>
    {
        var keys = new Dictionary<string, string>
        {
            [Topics.UserRegistration] = userId.ToString(CultureInfo.InvariantCulture),
            [Topics.Tasks] = taskId.ToString(CultureInfo.InvariantCulture),
        };
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = brokers,
            GroupId = "airliner-demo",
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
        }).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(Partitions(brokers, keys.Keys));

        var records = new List<EventRecord>();
        var started = TimeProvider.System.GetTimestamp();
        while (!IsComplete(records) && TimeProvider.System.GetElapsedTime(started) < _patience)
        {
            var result = consumer.Consume(TimeSpan.FromMilliseconds(200));
            if (result is { Message: { } message } && message.Key == keys[result.Topic] && message.Timestamp.UtcDateTime >= since.UtcDateTime.AddMinutes(-1))
                records.Add(EventRecord.Of(result));
        }

        return records;
    });

    private static bool IsComplete(List<EventRecord> records) =>
        records.Any(record => record.Type == "user_registered") && records.Any(record => record.Type == "task_completed");

    private static IEnumerable<TopicPartitionOffset> Partitions(string brokers, IEnumerable<string> topics)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = brokers }).SetLogHandler((_, _) => { }).Build();
        try
        {
            return [.. topics.SelectMany(topic => admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics)
                .SelectMany(topic => topic.Partitions.Select(partition => new TopicPartitionOffset(topic.Topic, partition.PartitionId, Offset.Beginning)))];
        }
        catch (KafkaException error)
        {
            throw new DemoException($"Kafka at {brokers} does not answer: {error.Error.Reason}");
        }
    }
}

/// <summary>A record, as it is shown.</summary>
internal sealed record EventRecord(string Topic, string Position, string Type, string Sequence, string Value)
{
    public static EventRecord Of(ConsumeResult<string, string> result) => new(
        result.Topic,
        $"{result.Partition.Value}@{result.Offset.Value}",
        Header(result, "ce_type"),
        Header(result, "ce_sequence"),
        result.Message.Value);

    private static string Header(ConsumeResult<string, string> result, string name) =>
        result.Message.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";
}
