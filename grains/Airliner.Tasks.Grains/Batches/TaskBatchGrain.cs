using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Groups;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains.Batches;

/// <summary>
/// Makes batches of tasks, each in one transaction, without activating a grain for each task. Key: any. Store: none; inserts into the table <c>tasks</c>.
/// </summary>
[Reentrant]
[StatelessWorker]
[GrainType("task-batch")]
internal sealed class TaskBatchGrain(ITaskBatchTable table, ITaskGroupTable groups, TaskLimits limits, TimeProvider time) : Grain, ITaskBatchGrain
{
    public async Task<IReadOnlyList<TaskView?>> Create(CreateTaskBatch batch)
    {
        var now = time.Now();
        // First, so that a task is never in a group that is not there. One that stays without tasks is swept.
        if (batch.Group is { } group && !await TryCreateAsync(group, now))
            return new TaskView?[batch.Tasks.Count];
        var tasks = batch.Tasks
            .Select(task => KeyValuePair.Create(task.TaskId, TaskState.Created(task.TaskId, task.Command, limits.Of(task.Command.TaskType), now)))
            .ToList();
        var (inserted, erased) = await InsertAsync(tasks);
        HintQueues(tasks.Where(task => inserted.Contains(task.Key)));

        var present = await FindPresentAsync([.. tasks.Where(task => !inserted.Contains(task.Key) && !erased.Contains(task.Value.UserId))]);
        return [.. tasks.Select(task =>
            inserted.Contains(task.Key) ? task.Value.View(task.Key)
            : present.TryGetValue(task.Value.CommandId, out var made) ? made
            : null)];
    }

    private async Task<bool> TryCreateAsync(CreateTaskGroup group, DateTimeOffset now)
    {
        try
        {
            await groups.CreateAsync(group.GroupId, TaskGroupState.Created(group, now));
            return true;
        }
        catch (RecordRejectedException refused) when (refused.Constraint == PersonalDataSources.ErasedUser)
        {
            return false; // Its tasks are the same user's.
        }
    }

    /// <summary>Inserts those whose users are there. One transaction refuses all for one user who is not, so it is tried again without.</summary>
    private async Task<(IReadOnlySet<long> Inserted, IReadOnlySet<long> Erased)> InsertAsync(IReadOnlyCollection<KeyValuePair<long, TaskState>> tasks)
    {
        IReadOnlySet<long> erased = new HashSet<long>();
        while (true)
        {
            try
            {
                return (await table.InsertAsync([.. tasks.Where(task => !erased.Contains(task.Value.UserId))]), erased);
            }
            catch (RecordRejectedException refused) when (refused.Constraint == PersonalDataSources.ErasedUser)
            {
                var found = await table.FindErasedAsync([.. tasks.Select(task => task.Value.UserId).Distinct()]);
                if (found.Count == erased.Count)
                    throw;
                erased = found;
            }
        }
    }

    /// <summary>What an earlier try has made, by its command.</summary>
    private async Task<Dictionary<string, TaskView>> FindPresentAsync(IReadOnlyCollection<KeyValuePair<long, TaskState>> tasks)
    {
        if (tasks.Count == 0)
            return [];
        var found = await table.FindAsync(tasks);
        var present = found.ToDictionary(task => task.Value.CommandId, task => task.Value.View(task.Key), StringComparer.Ordinal);
        return tasks.FirstOrDefault(task => !present.ContainsKey(task.Value.CommandId)) is { Value: not null } taken
            ? throw new InvalidOperationException($"The task id {taken.Key} was given out twice.")
            : present;
    }

    private void HintQueues(IEnumerable<KeyValuePair<long, TaskState>> tasks)
    {
        var now = time.GetUtcNow();
        foreach (var queue in tasks.Where(task => task.Value.IsDueSoon(now)).GroupBy(task => task.Value.TaskType, StringComparer.Ordinal))
            GrainFactory.GetGrain<ITaskQueueGrain>(queue.Key).HintMany([.. queue.Select(task => task.Value.Queued(task.Key))]).Ignore();
    }
}
