using System.Text;
using Confluent.Kafka;
using Xunit;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Tests.Brokers;

/// <summary>
/// A Kafka that tests share: started by the first that asks, stopped with the assembly. Tests own their topics and groups.
/// </summary>
public abstract class KafkaFixture : IAsyncLifetime
{
    /// <summary>How long a test waits for a broker before it fails: long, since it costs only tests that fail.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private Task? _started;

    public abstract string BootstrapServers { get; }

    /// <summary>Why there is no such Kafka here, or null.</summary>
    public virtual string? Missing => null;

    /// <summary>Starts the broker once; skips the calling test where there is none.</summary>
    public Task UseAsync()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        lock (_lock)
            return _started ??= StartAsync();
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_started is not null)
            await StopAsync();
    }

    /// <summary>A new topic of 12 partitions, with a name of its own.</summary>
    public async Task<string> TopicAsync(string about)
    {
        var topic = $"{about}-{Guid.NewGuid():N}";
        await CreateTopicAsync(topic);
        return topic;
    }

    /// <summary>The topic for what a consumer of <paramref name="topic"/> cannot handle.</summary>
    public async Task<string> DeadLettersAsync(string topic)
    {
        await CreateTopicAsync($"{topic}.dlq");
        return $"{topic}.dlq";
    }

    /// <summary>An idempotent producer that never gives a record up.</summary>
    public IProducer<string, string> Producer(Action<ProducerConfig>? change = null)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = BootstrapServers,
            EnableIdempotence = true,
            Acks = Acks.All,
            MessageTimeoutMs = 0,
            LingerMs = 0,
            ReconnectBackoffMaxMs = 500,
            RetryBackoffMs = 20,
            RetryBackoffMaxMs = 200,
        };
        change?.Invoke(config);
        return new ProducerBuilder<string, string>(config).SetLogHandler(static (_, _) => { }).Build();
    }

    /// <summary>A consumer that begins at the earliest record, commits only when told to, and leaves its group quickly.</summary>
    public IConsumer<string, string> Consumer(string group, Action<ConsumerConfig>? change = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = BootstrapServers,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
            SessionTimeoutMs = 6_000,
            ReconnectBackoffMaxMs = 500,
        };
        change?.Invoke(config);
        return new ConsumerBuilder<string, string>(config).SetLogHandler(static (_, _) => { }).Build();
    }

    /// <summary>The first <paramref name="count"/> records of a topic, without joining a group: each partition's in order.</summary>
    /// <param name="seen">Told of each record before the next is read.</param>
    public Task<IReadOnlyList<ConsumeResult<string, string>>> ReadAsync(string topic, int count, Action<ConsumeResult<string, string>>? seen = null) => Task.Run(() =>
    {
        using var consumer = Consumer("reads-without-joining");
        consumer.Assign(Enumerable.Range(0, Partitions(topic)).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        return Take(consumer, count, seen);
    });

    /// <summary>How many records the topic holds, whoever wrote them: to show that none is there twice.</summary>
    public Task<long> CountAsync(string topic) => Task.Run(() =>
    {
        using var consumer = Consumer("counts-without-joining");
        return Enumerable.Range(0, Partitions(topic)).Sum(p =>
        {
            var offsets = Offsets(consumer, new TopicPartition(topic, p));
            return offsets.High.Value - offsets.Low.Value;
        });
    });

    private static WatermarkOffsets Offsets(IConsumer<string, string> consumer, TopicPartition partition)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                return consumer.QueryWatermarkOffsets(partition, Patience);
            }
            catch (KafkaException error) when (error.Error.Code is ErrorCode.NotLeaderForPartition or ErrorCode.UnknownTopicOrPart
                && TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                // The broker does not know yet that it leads a partition that was just created.
            }
        }
    }

    public int Partitions(string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            var metadata = admin.GetMetadata(topic, Patience).Topics.Single();
            // The broker that answers may not have heard yet of a topic that was just created.
            if (metadata.Error.Code != ErrorCode.UnknownTopicOrPart || TimeProvider.System.GetElapsedTime(started) > Patience)
                return metadata.Partitions.Count;
        }
    }

    /// <summary>The next <paramref name="count"/> records of a consumer; blocks, so call it off the test's own thread.</summary>
    public static IReadOnlyList<ConsumeResult<string, string>> Take(
        IConsumer<string, string> consumer, int count, Action<ConsumeResult<string, string>>? seen = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        var taken = new List<ConsumeResult<string, string>>(count);
        while (taken.Count < count)
        {
            taken.Add(consumer.Consume(patience.Token));
            seen?.Invoke(taken[^1]);
        }

        return taken;
    }

    public static Message<string, string> Event(string key, string value, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var message = new Message<string, string> { Key = key, Value = value, Headers = [] };
        foreach (var (name, text) in headers)
            message.Headers.Add(name, Encoding.UTF8.GetBytes(text));
        return message;
    }

    protected abstract Task StartAsync();

    protected abstract Task StopAsync();

    protected abstract Task CreateTopicAsync(string topic);
}
