using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Airliner.EndToEnd.Tests.Rest;

/// <summary>Reads a topic from its beginning, as any consumer outside the system can.</summary>
internal sealed class KafkaReader : IDisposable
{
    private readonly IConsumer<string, string> _consumer;

    public KafkaReader(string brokers, string topic)
    {
        _consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = brokers,
            GroupId = $"test-{Guid.NewGuid():n}",
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        _consumer.Assign(Enumerable.Range(0, 12).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
    }

    /// <summary>Everything read until now.</summary>
    public List<SeenEvent> Seen { get; } = [];

    /// <summary>Reads on until what was seen is enough.</summary>
    public Task UntilAsync(Func<List<SeenEvent>, bool> isEnough, TimeSpan atMost, string what) => Task.Run(() =>
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!isEnough(Seen))
        {
            if (TimeProvider.System.GetElapsedTime(started) > atMost)
                throw new TimeoutException($"In {atMost.TotalSeconds:0} s Kafka did not have it: {what}. It has {Seen.Count} records: {string.Join(", ", Seen.TakeLast(40))}");
            if (_consumer.Consume(TimeSpan.FromMilliseconds(100)) is { Message: { } message })
                Seen.Add(SeenEvent.Of(message));
        }
    });

    public void Dispose() => _consumer.Dispose();
}

/// <summary>A record, by what its headers say.</summary>
internal sealed record SeenEvent(string Id, string Type, string Key, long Sequence, string Value)
{
    public static SeenEvent Of(Message<string, string> message) => new(
        Header(message, "ce_id"),
        Header(message, "ce_type"),
        message.Key,
        long.Parse(Header(message, "ce_sequence"), CultureInfo.InvariantCulture),
        message.Value);

    public JsonElement Json => JsonElement.Parse(Value);

    public override string ToString() => $"{Key}:{Sequence} {Type}";

    private static string Header(Message<string, string> message, string name) =>
        message.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";
}
