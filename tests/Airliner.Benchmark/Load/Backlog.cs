using Airliner.Contracts.Events;
using Confluent.Kafka;

namespace Airliner.Benchmark.Load;

/// <summary>What the notification silo has yet to read: a row that loads it must not measure what rows before have left it.</summary>
internal static class Backlog
{
    private const string Group = "notification-service-group";

    private static readonly string[] _topics = [Topics.UserRegistration, Topics.Auth, Topics.Tasks];
    private static readonly TimeSpan _askEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    /// <summary>Ends when the silo has read all that its topics have.</summary>
    public static async Task ReadAsync(string brokers, CancellationToken cancellation)
    {
        // It never subscribes, so the group does not know of it.
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = brokers, GroupId = Group })
            .SetLogHandler((_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = _topics.SelectMany(topic => admin.GetMetadata(topic, _timeout).Topics.Single().Partitions
            .Select(partition => new TopicPartition(topic, partition.PartitionId))).ToList();
        using var timer = new PeriodicTimer(_askEvery);
        while (consumer.Committed(partitions, _timeout).Any(committed => IsBehind(consumer, committed)))
            await timer.WaitForNextTickAsync(cancellation);
    }

    private static bool IsBehind(IConsumer<Ignore, Ignore> consumer, TopicPartitionOffset committed)
    {
        var range = consumer.QueryWatermarkOffsets(committed.TopicPartition, _timeout);
        // Of a partition from which nothing was read nothing is committed.
        return (committed.Offset == Offset.Unset ? range.Low : committed.Offset) < range.High;
    }
}
