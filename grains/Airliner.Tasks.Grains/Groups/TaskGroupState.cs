using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Groups;

/// <summary>A group as stored. What is left is counted in the table of tasks; the numbers are kept once nothing is.</summary>
internal sealed record TaskGroupState : Record
{
    public string Name { get; init; } = "";

    public long UserId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Of a complete group.</summary>
    public MemberCounts Final { get; init; }

    public static TaskGroupState Created(CreateTaskGroup command, DateTimeOffset now) =>
        new() { Name = command.Name, UserId = command.UserId, CreatedAt = now };

    /// <summary>Complete where none is left; else, and where it was so before, the same state.</summary>
    public TaskGroupState Counted(string groupId, MemberCounts counts, DateTimeOffset now)
    {
        if (CompletedAt is not null || counts.Left > 0 || counts.Total == 0)
            return this;
        return (this with { CompletedAt = now, Final = counts })
            .Raise(new TaskGroupCompleted(groupId, Name, UserId, counts.Total, counts.Completed, counts.Failed, counts.Cancelled) { Timestamp = now });
    }

    public TaskGroupView View(string groupId, MemberCounts counts) => new(
        groupId, Name, UserId, counts.Total, counts.Left, counts.Completed, counts.Failed, counts.Cancelled, CreatedAt, CompletedAt);
}
