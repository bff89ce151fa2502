using System.Text.Json.Serialization;
using Airliner.Contracts.Cluster;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster.Reports;

namespace Airliner.Host.Status;

/// <summary>What <c>airliner status</c> found: the members of its JSON, which docs/operations.md describes and which stay.</summary>
/// <param name="Healthy">Whether all is well: there are no <paramref name="Problems"/>.</param>
/// <param name="Silos">Null, as what follows, where the cluster could not be asked; <paramref name="Problems"/> says why.</param>
internal sealed record SystemStatus(
    DateTimeOffset CheckedAt,
    bool Healthy,
    IReadOnlyList<string> Problems,
    IReadOnlyList<GatewayStatus> Gateways,
    IReadOnlyList<SiloView>? Silos,
    IReadOnlyList<QueueStatus>? Queues,
    IReadOnlyList<OutboxReport>? Outboxes,
    IReadOnlyList<ConsumerReport>? Consumers);

/// <summary>Whether a gateway can do its work, and if not, why.</summary>
/// <param name="IsThere">Whether it answers at all.</param>
internal sealed record GatewayStatus(string Service, string Address, bool Ready, string? Reason, [property: JsonIgnore] bool IsThere = true);

/// <summary>The queue of one task type.</summary>
/// <param name="Pending">Tasks that are due and wait, counted to 10,000.</param>
/// <param name="Later">Tasks whose time is yet to come, counted to 10,000.</param>
/// <param name="OldestWait">Seconds for which the task has been due that waits longest.</param>
/// <param name="OldestDue">When that was due.</param>
internal sealed record QueueStatus(string TaskType, long Pending, long Later, long Running, int Limit, double? OldestWait, DateTimeOffset? OldestDue)
{
    public static QueueStatus Of(TaskQueueView queue, DateTimeOffset now) => new(
        queue.TaskType, queue.Depth, queue.Later, queue.InFlight, queue.Limit, queue.OldestWait, queue.OldestWait is { } wait ? now.AddSeconds(-wait) : null);
}
