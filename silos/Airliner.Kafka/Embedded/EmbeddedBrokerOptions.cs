namespace Airliner.Kafka.Embedded;

/// <summary>What an <see cref="EmbeddedBroker"/> starts with.</summary>
public sealed record EmbeddedBrokerOptions
{
    /// <summary>The port on 127.0.0.1 that clients use, 0 to 65535; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Partitions of every topic in <see cref="Topics"/>, 1 or more. A topic that a client brings into being by asking for it is not
    /// among them: the mock cluster gives such a topic 4 partitions, whatever this says.
    /// </summary>
    public int DefaultPartitions { get; init; } = 12;

    /// <summary>Topics that exist before the first client connects. A name may be listed twice.</summary>
    public IReadOnlyCollection<string> Topics { get; init; } = [];

    /// <summary>
    /// How long the first member of an empty consumer group waits for others, at least a millisecond (Kafka's
    /// <c>group.initial.rebalance.delay.ms</c>). Members that start together want a few seconds, because one that joins a settled
    /// group waits for almost its whole session timeout; a group of one wants none.
    /// </summary>
    public TimeSpan GroupJoinDelay { get; init; } = TimeSpan.FromMilliseconds(100);
}
