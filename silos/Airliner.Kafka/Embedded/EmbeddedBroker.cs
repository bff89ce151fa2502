using Confluent.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Embedded;

/// <summary>
/// A Kafka broker inside this process, for a laptop and for tests: librdkafka's mock cluster, so any Kafka client can produce and consume.
/// It is not a Kafka to keep anything in:
/// <list type="bullet">
/// <item>All is in memory. Topics, records and committed offsets end with the process.</item>
/// <item>A partition keeps its newest 5 MiB; older records are dropped, and a reader that was behind finds its offset out of range.</item>
/// <item>One broker, no replicas, no TLS or SASL; it listens on 127.0.0.1 alone.</item>
/// <item>It serves the classic produce, fetch, metadata, group and offset requests, but no CreateTopics and no ListGroups.</item>
/// <item>It checks no producer sequences: a retry whose first try arrived is stored twice, and of two batches of an idempotent producer whose first it refused, the first is lost.</item>
/// <item>A fetch of nothing waits the whole <c>fetch.wait.max.ms</c>, also when records arrive meanwhile: set 10 there.</item>
/// <item>A consumer that joins or leaves a settled group makes the others wait for <c>session.timeout.ms</c> less a second.</item>
/// </list>
/// </summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    /// <summary>Partitions of the topics that are made, as many as the real broker's have.</summary>
    public const int Partitions = 12;

    private const string Host = "127.0.0.1";

    // How long the first member of an empty consumer group waits for others (Kafka's group.initial.rebalance.delay.ms).
    private const int GroupJoinMilliseconds = 100;

    private readonly MockCluster _cluster;
    private readonly LoopbackForwarder _forwarder;
    private int _disposed;

    private EmbeddedBroker(MockCluster cluster, LoopbackForwarder forwarder)
    {
        (_cluster, _forwarder) = (cluster, forwarder);
        Faults = new BrokerFaults(cluster, forwarder);
    }

    /// <summary>The port on 127.0.0.1, also where the options left it open.</summary>
    public int Port => _forwarder.Port;

    /// <summary>The address to give to Kafka clients, and the one that the broker advertises.</summary>
    public string BootstrapServers => $"{Host}:{Port}";

    /// <summary>Breaks the broker on purpose.</summary>
    public BrokerFaults Faults { get; }

    /// <summary>Starts a broker that serves when this returns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="IOException">The port is taken; the message names it.</exception>
    /// <exception cref="DllNotFoundException">librdkafka has no build for this machine, or one that cannot be loaded.</exception>
    public static EmbeddedBroker Start(EmbeddedBrokerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Port, ushort.MaxValue);

        var forwarder = new LoopbackForwarder(options.Port);
        MockCluster? cluster = null;
        try
        {
            cluster = MockCluster.Start();
            LibrdkafkaMock.Advertise(cluster, MockCluster.BrokerId, Host, forwarder.Port);
            LibrdkafkaMock.GroupJoinDelay(cluster, GroupJoinMilliseconds);
            var broker = new EmbeddedBroker(cluster, forwarder);
            foreach (var topic in options.Topics.Distinct(StringComparer.Ordinal))
                broker.CreateTopic(topic);

            // Last, so that nobody who finds the port open sees a broker without its topics.
            forwarder.Open(cluster);
            return broker;
        }
        catch
        {
            forwarder.Dispose();
            cluster?.Dispose();
            throw;
        }
    }

    /// <summary>Creates a topic of <see cref="Partitions"/>, as clients cannot by CreateTopics.</summary>
    /// <exception cref="KafkaException">It exists (<see cref="ErrorCode.TopicAlreadyExists"/>).</exception>
    public void CreateTopic(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        MockCluster.Check(LibrdkafkaMock.TopicCreate(_cluster, name, Partitions, replicas: 1), $"Creating topic {name}");
    }

    /// <summary>Ends every connection, closes the port and frees all memory. Does nothing the second time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;

        await _forwarder.DisposeAsync();
        _cluster.Dispose();
    }
}
