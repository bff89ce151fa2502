namespace Airliner.Contracts.Cluster;

/// <summary>The cluster at one moment.</summary>
/// <param name="Members">Every silo that membership has a row of: those that died go after an hour.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ClusterReport")]
public sealed record ClusterReport([property: Id(0)] IReadOnlyList<MemberReport> Members);

/// <summary>One silo of the cluster.</summary>
/// <param name="Address">Address and generation, <c>host:port@generation</c>: as outboxes and leases name their owner.</param>
/// <param name="Name">What the silo calls itself: its service and its machine.</param>
/// <param name="Status">As the others see it: <c>joining</c>, <c>active</c>, <c>stopping</c> or <c>dead</c>.</param>
/// <param name="Report">What it says of itself; null where it did not answer, or is not active.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.MemberReport")]
public sealed record MemberReport(
    [property: Id(0)] string Address, [property: Id(1)] string Name, [property: Id(2)] string Status, [property: Id(3)] SiloReport? Report);

/// <summary>What a silo says of itself.</summary>
/// <param name="Version">Of its program.</param>
/// <param name="StartedAt">When the silo started.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.SiloReport")]
public sealed record SiloReport([property: Id(0)] string Version, [property: Id(1)] DateTimeOffset StartedAt)
{
    /// <summary>The health checks that fail; none of a silo that is ready.</summary>
    [Id(2)]
    public IReadOnlyList<FailingCheck> Failing { get; init; } = [];

    /// <summary>Its activations of our grains.</summary>
    [Id(3)]
    public IReadOnlyList<GrainCount> Grains { get; init; } = [];

    /// <summary>The outbox of each service that it is of.</summary>
    [Id(4)]
    public IReadOnlyList<OutboxReport> Outboxes { get; init; } = [];

    /// <summary>What it consumes.</summary>
    [Id(5)]
    public IReadOnlyList<ConsumerReport> Consumers { get; init; } = [];

    /// <summary>The attempts at tasks that its handlers run.</summary>
    [Id(6)]
    public IReadOnlyList<RunningTasks> RunningTasks { get; init; } = [];

    /// <summary>The services that it is of, whatever of them answers.</summary>
    [Id(7)]
    public IReadOnlyList<string> Services { get; init; } = [];
}

/// <summary>A health check that fails, and why.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.FailingCheck")]
public sealed record FailingCheck([property: Id(0)] string Check, [property: Id(1)] string Reason);

/// <summary>Activations of one class of grains in one silo.</summary>
/// <param name="Type">The class, without its namespace.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.GrainCount")]
public sealed record GrainCount([property: Id(0)] string Type, [property: Id(1)] int Count);

/// <summary>A service's events that Kafka has not acknowledged yet.</summary>
/// <param name="Service"><c>users</c>, <c>auth</c>, <c>tasks</c> or <c>notifications</c>.</param>
/// <param name="Depth">How many: exact up to 100,000, which stands for that many or more. Null where the database did not answer.</param>
/// <param name="OldestAge">Seconds since the oldest was raised; null where there is none, or it is not known.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.OutboxReport")]
public sealed record OutboxReport([property: Id(0)] string Service, [property: Id(1)] long? Depth, [property: Id(2)] double? OldestAge)
{
    /// <summary>Counting stops here, so that it costs the same however long the broker has been away.</summary>
    public const int CountedAtMost = 100_000;
}

/// <summary>A consumer group's part of a topic that one silo has, or the whole of it.</summary>
/// <param name="Partitions">How many partitions are being read, of which the lag is known.</param>
/// <param name="Lag">Records that these have and whose effect is not committed.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ConsumerReport")]
public sealed record ConsumerReport([property: Id(0)] string Group, [property: Id(1)] string Topic, [property: Id(2)] int Partitions, [property: Id(3)] long Lag);

/// <summary>Attempts at tasks of one type that run in one silo.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RunningTasks")]
public sealed record RunningTasks([property: Id(0)] string TaskType, [property: Id(1)] int Count);
