using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains.History;

/// <summary>
/// Reads what happened to tasks, now or as it happens. Key: any. Store: none; reads the table <c>task_history</c>.
/// </summary>
/// <remarks>
/// Not the task's own grain: an activation ends only when none of its calls is under way, so those who wait would keep a task from its next activation
/// after a lost silo or an inconsistent write.
/// </remarks>
[Reentrant]
[StatelessWorker]
[GrainType("task-history")]
internal sealed class TaskHistoryGrain(ITaskHistory history, ITaskWatch watch) : Grain, ITaskHistoryGrain
{
    public Task<TaskHistory?> Read(long taskId, long after, int limit, int offset) => history.ReadAsync(taskId, after, limit, offset);

    public async Task<TaskNews?> Wait(long taskId, long after) =>
        await watch.HasNewsAsync(taskId, after) ? new(await history.ReadAsync(taskId, after, PageRequest.MaxLimit, 0)) : null;
}
