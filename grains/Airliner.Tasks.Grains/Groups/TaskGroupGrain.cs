using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Microsoft.Extensions.Logging;

namespace Airliner.Tasks.Grains.Groups;

/// <summary>One group of tasks. Key: group id. Store: table <c>task_groups</c>.</summary>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("task-group")]
internal sealed partial class TaskGroupGrain(
    [PersistentState("task-group", TasksStorage.Groups)] IPersistentState<TaskGroupState> group,
    ITaskGroupTable table,
    TimeProvider time,
    ILogger<TaskGroupGrain> log) : Grain, ITaskGroupGrain
{
    /// <summary>For so long the ends of tasks are gathered: a group of a thousand is counted a few times, not a thousand.</summary>
    private static readonly TimeSpan _gatherFor = TimeSpan.FromMilliseconds(100);

    private IGrainTimer _count = null!;
    private bool _isToCount;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _count = this.RegisterGrainTimer(CountGatheredAsync, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public async Task<TaskGroupView?> Get()
    {
        if (!await ExistsAsync())
            return null;
        var counts = await CountAsync();
        return group.State.View(GroupId, counts);
    }

    public Task MemberEnded()
    {
        if (!_isToCount && group.State.CompletedAt is null)
        {
            _isToCount = true;
            _count.Change(_gatherFor, Timeout.InfiniteTimeSpan);
        }

        return Task.CompletedTask;
    }

    public async Task Erase()
    {
        if (await ExistsAsync() && group.State.Name.Length > 0)
            await group.CommitAsync(group.State with { Name = "" });
    }

    private string GroupId => this.GetPrimaryKeyString();

    /// <summary>Groups are made beside their grain, so one that was asked for too early may be there now.</summary>
    private async Task<bool> ExistsAsync()
    {
        if (!group.RecordExists)
            await group.ReadStateAsync();
        return group.RecordExists;
    }

    private async Task CountGatheredAsync(CancellationToken cancellationToken)
    {
        // What ends from here on may not be in what is counted.
        _isToCount = false;
        try
        {
            if (await ExistsAsync())
                await CountAsync();
        }
        catch (Exception error)
        {
            // Nobody waits for it; the sweep finds the group again. After a conflict the row has to be read anew.
            LogNotCounted(error, GroupId);
            DeactivateOnIdle();
        }
    }

    private async Task<MemberCounts> CountAsync()
    {
        if (group.State.CompletedAt is not null)
            return group.State.Final;
        var counts = await table.CountAsync(GroupId);
        var next = group.State.Counted(GroupId, counts, time.Now());
        if (!ReferenceEquals(next, group.State))
            await group.CommitAsync(next);
        return counts;
    }

    [LoggerMessage(LogLevel.Warning, "Group {GroupId} could not be counted; the sweep will find it again")]
    private partial void LogNotCounted(Exception error, string groupId);
}
