namespace Airliner.Kafka.Embedded;

/// <summary>What an <see cref="EmbeddedBroker"/> starts with.</summary>
public sealed record EmbeddedBrokerOptions
{
    /// <summary>The port on 127.0.0.1 that clients use, 0 to 65535; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Topics that exist before the first client connects, each of <see cref="EmbeddedBroker.Partitions"/>. A name may be listed twice. One that a client brings
    /// into being by asking for it has 4, by the mock cluster.
    /// </summary>
    public IReadOnlyCollection<string> Topics { get; init; } = [];
}
