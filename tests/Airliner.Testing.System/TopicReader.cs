using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Airliner.Testing;

/// <summary>An event as a consumer of the topic gets it.</summary>
public sealed record ReceivedEvent(string Key, JsonElement Value, IReadOnlyDictionary<string, string> Headers);

/// <summary>Reads the topics of a system as any consumer does.</summary>
public static class TopicReader
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    /// <inheritdoc cref="ReadTopicAsync(string, string, Func{IReadOnlyList{ReceivedEvent}, bool})"/>
    public static Task<IReadOnlyList<ReceivedEvent>> ReadTopicAsync(this RunningSystem system, string topic, Func<IReadOnlyList<ReceivedEvent>, bool> enough) =>
        ReadTopicAsync(system.BootstrapServers, topic, enough);

    /// <summary>Reads the topic from its start until the events that were read are <paramref name="enough"/>, which is asked after each.</summary>
    /// <exception cref="TimeoutException">They were not within a minute and a half; the message has what came.</exception>
    public static Task<IReadOnlyList<ReceivedEvent>> ReadTopicAsync(
        string brokers, string topic, Func<IReadOnlyList<ReceivedEvent>, bool> enough) => Task.Run<IReadOnlyList<ReceivedEvent>>(() =>
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = brokers,
            GroupId = $"test-{Guid.NewGuid():n}",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
        };
        using var consumer = new ConsumerBuilder<string, string>(config).Build();
        // Assigned, not subscribed: joining a group takes seconds, and the topics have twelve partitions.
        consumer.Assign(Enumerable.Range(0, 12).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        using var patience = new CancellationTokenSource(_patience);
        var events = new List<ReceivedEvent>();
        try
        {
            while (!enough(events))
                events.Add(Received(consumer.Consume(patience.Token)));
            return events;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{topic} did not have what was waited for; it had: {string.Join("\n", events.Select(e => e.Value))}");
        }
    });

    private static ReceivedEvent Received(ConsumeResult<string, string> result) => new(
        result.Message.Key,
        JsonElement.Parse(result.Message.Value),
        result.Message.Headers.ToDictionary(header => header.Key, header => Encoding.UTF8.GetString(header.GetValueBytes())));
}
