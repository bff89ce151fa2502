using System.Text.Json.Serialization;
using Airliner.Contracts.Events;

namespace Airliner.Contracts.Tasks;

/// <summary>All tasks of a group have ended. It is raised once: a failed one that is retried later does not open the group again.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Name">What its user called it.</param>
/// <param name="UserId">Whose tasks are in it.</param>
/// <param name="Total">Tasks in it.</param>
/// <param name="Completed">Those that succeeded.</param>
/// <param name="Failed">Those that failed for good.</param>
/// <param name="Cancelled">Those that were cancelled.</param>
[Event("task_group_completed", Topics.Tasks)]
public sealed record TaskGroupCompleted(
    [property: JsonPropertyOrder(-1)] string GroupId,
    [property: JsonPropertyOrder(-1)] string Name,
    [property: JsonPropertyOrder(-1)] long UserId,
    int Total,
    int Completed,
    int Failed,
    int Cancelled) : DomainEvent
{
    protected override string RecordKey => GroupId;
}
