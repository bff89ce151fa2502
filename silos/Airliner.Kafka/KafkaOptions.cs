using Confluent.Kafka;

namespace Airliner.Kafka;

/// <summary>The Kafka that events go through, and the bounds of what waits for it.</summary>
public sealed class KafkaOptions
{
    /// <summary>What a broker keeps back at most for a consumer that gathers: some hundred events.</summary>
    private const int GatheredBytes = 128 * 1024;

    /// <summary>Addresses to find the brokers by, <c>host:port</c> with commas between.</summary>
    public string BootstrapServers { get; set; } = "127.0.0.1:29092";

    /// <summary>Partitions of a topic that is created; one that exists keeps its own.</summary>
    public int Partitions { get; set; } = 12;

    /// <summary>Copies of each partition, at most the number of brokers.</summary>
    public short ReplicationFactor { get; set; } = 1;

    /// <summary>How long a topic keeps a record, in milliseconds: 7 days, the documented limit of what an erased user leaves behind.</summary>
    public long RetentionMs { get; set; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary>
    /// Whether the broker loses its records when the process ends, as the embedded one does. The outbox then keeps a row until every consumer
    /// group of this process has had its effect of it, and topics are not created over the protocol.
    /// </summary>
    public bool BrokerForgets { get; set; }

    /// <summary>Events in memory whose rows are not deleted yet, for each service of a silo; more wait in the table.</summary>
    public int MaxInFlightEvents { get; set; } = 50_000;

    /// <summary>
    /// The same bound in bytes of values. <see cref="ForgettingMaxInFlightBytes"/> takes its place where <see cref="BrokerForgets"/> is set.
    /// </summary>
    public long MaxInFlightBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>
    /// What may lie unconsumed in a broker that forgets, in bytes: well below the 5 MiB beyond which the embedded one drops a partition's oldest.
    /// </summary>
    public long ForgettingMaxInFlightBytes { get; set; } = 2L * 1024 * 1024;

    /// <summary>How often the outbox is searched for what stopped silos left.</summary>
    public TimeSpan AdoptionInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a silo that stops waits for the broker; what is left then stays in the table for the next.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Events that a consumer hands to its handler at once, at most.</summary>
    public int MaxConsumedBatch { get; set; } = 500;

    /// <summary>Settings for every client, by librdkafka's names: security, above all. They take the place of ours.</summary>
    public IDictionary<string, string> ClientSettings { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal long InFlightBytes => BrokerForgets ? ForgettingMaxInFlightBytes : MaxInFlightBytes;

    internal ProducerConfig Producer() => WithSettings(new ProducerConfig
    {
        BootstrapServers = BootstrapServers,
        // The embedded broker does not compare a producer's sequences: it takes a batch after one that it has refused, and an idempotent producer takes that
        // for word that the broker has both (implicit acknowledgements, librdkafka's pull request 2081). Without, an event may only come twice.
        EnableIdempotence = !BrokerForgets,
        Acks = Acks.All,
        // A record is given up by nobody but us: one that is timed out would be overtaken by the next of its key.
        MessageTimeoutMs = 0,
        LingerMs = 5,
        MaxInFlight = 5,
        // The partitioner of the Java client, so that other producers of a key agree with ours.
        Partitioner = Partitioner.Murmur2Random,
        DeliveryReportFields = "none",
        QueueBufferingMaxMessages = Math.Max(100_000, 2 * MaxInFlightEvents),
        SocketNagleDisable = true,
        ReconnectBackoffMs = 50,
        ReconnectBackoffMaxMs = 1_000,
        // A topic that is not there yet is waited for: an hour is the longest that librdkafka has.
        TopicMetadataPropagationMaxMs = 3_600_000,
        TopicMetadataRefreshFastIntervalMs = 250,
    });

    /// <param name="gathers">See <see cref="Consumers.IEventHandler.Gathers"/>.</param>
    internal ConsumerConfig Consumer(string group, TimeSpan gathers = default) => WithSettings(new ConsumerConfig
    {
        BootstrapServers = BootstrapServers,
        GroupId = group,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        EnableAutoOffsetStore = false,
        EnableAutoCommit = true,
        AutoCommitIntervalMs = 1_000,
        SessionTimeoutMs = 10_000,
        HeartbeatIntervalMs = 1_000,
        // The embedded broker holds a fetch of nothing for the whole of it, whatever arrives meanwhile.
        FetchWaitMaxMs = BrokerForgets ? 10 : gathers > TimeSpan.Zero ? (int)gathers.TotalMilliseconds : 500,
        FetchMinBytes = BrokerForgets || gathers == TimeSpan.Zero ? 1 : GatheredBytes,
        // What is read ahead is memory: enough for some batches.
        QueuedMinMessages = 4 * MaxConsumedBatch,
        QueuedMaxMessagesKbytes = 16 * 1024,
        SocketNagleDisable = true,
        ReconnectBackoffMs = 50,
        ReconnectBackoffMaxMs = 1_000,
    });

    /// <summary>Reads what is there, up to its end, for somebody who waits; also on the embedded broker.</summary>
    internal ConsumerConfig Reader(string group) => new(Consumer(group))
    {
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        AutoOffsetReset = AutoOffsetReset.Error,
        FetchWaitMaxMs = 10,
    };

    internal AdminClientConfig Admin() => WithSettings(new AdminClientConfig
    {
        BootstrapServers = BootstrapServers,
        ReconnectBackoffMaxMs = 1_000,
    });

    private TConfig WithSettings<TConfig>(TConfig config)
        where TConfig : Config
    {
        foreach (var (name, value) in ClientSettings)
            config.Set(name, value);
        return config;
    }
}
