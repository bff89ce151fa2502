using Airliner.Contracts.Cluster;

namespace Airliner.ServiceDefaults.Cluster.Reports;

/// <summary>The answer to <c>GET /cluster</c>.</summary>
public sealed record ClusterAnswer(ClusterView Cluster);

/// <summary>The cluster as REST shows it.</summary>
/// <param name="Silos">Every silo that membership has a row of: those that are not dead first, by name.</param>
/// <param name="Outboxes">One for each service of which a silo answers.</param>
/// <param name="Consumers">One for each topic of each group that an answering silo is in: the sum over the silos.</param>
public sealed record ClusterView(IReadOnlyList<SiloView> Silos, IReadOnlyList<OutboxReport> Outboxes, IReadOnlyList<ConsumerReport> Consumers)
{
    public static ClusterView Of(ClusterReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var answers = report.Members.Select(member => member.Report).OfType<SiloReport>().ToArray();
        var silos = report.Members.Select(SiloView.Of)
            .OrderBy(silo => silo.Status == "dead").ThenBy(silo => silo.Name, StringComparer.Ordinal).ThenBy(silo => silo.Address, StringComparer.Ordinal);
        // Each silo of a service has read the same table; one that could not knows nothing.
        var outboxes = answers.SelectMany(silo => silo.Outboxes)
            .GroupBy(outbox => outbox.Service, (_, same) => same.MaxBy(outbox => outbox.Depth)!)
            .OrderBy(outbox => outbox.Service, StringComparer.Ordinal);
        var consumers = answers.SelectMany(silo => silo.Consumers)
            .GroupBy(part => (part.Group, part.Topic), (of, parts) => Sum(of.Group, of.Topic, [.. parts]))
            .OrderBy(consumer => consumer.Group, StringComparer.Ordinal).ThenBy(consumer => consumer.Topic, StringComparer.Ordinal);
        return new([.. silos], [.. outboxes], [.. consumers]);
    }

    private static ConsumerReport Sum(string group, string topic, ConsumerReport[] parts) =>
        new(group, topic, parts.Sum(part => part.Partitions), parts.Sum(part => part.Lag));
}

/// <summary>A silo as REST shows it.</summary>
/// <param name="Address"><c>host:port@generation</c>.</param>
/// <param name="Name">Its service and its machine.</param>
/// <param name="Status"><c>joining</c>, <c>active</c>, <c>stopping</c> or <c>dead</c>.</param>
/// <param name="Answers">Whether it was asked, being active, and has answered. All that follows is null where it has not.</param>
/// <param name="Services">Whose grains it has: some of <c>users</c>, <c>auth</c>, <c>tasks</c>, <c>notifications</c>.</param>
/// <param name="Version">Of its program.</param>
/// <param name="StartedAt">Since when it runs.</param>
/// <param name="Failing">The health checks that fail; none where it is ready.</param>
/// <param name="Grains">Its activations, by class.</param>
/// <param name="RunningTasks">The attempts at tasks that it runs, by type.</param>
public sealed record SiloView(
    string Address,
    string Name,
    string Status,
    bool Answers,
    IReadOnlyList<string>? Services,
    string? Version,
    DateTimeOffset? StartedAt,
    IReadOnlyList<FailingCheck>? Failing,
    IReadOnlyList<GrainCount>? Grains,
    IReadOnlyList<RunningTasks>? RunningTasks)
{
    public static SiloView Of(MemberReport member)
    {
        ArgumentNullException.ThrowIfNull(member);
        var report = member.Report;
        return new(
            member.Address, member.Name, member.Status, report is not null, report?.Services, report?.Version, report?.StartedAt,
            report?.Failing, report?.Grains, report?.RunningTasks);
    }
}
