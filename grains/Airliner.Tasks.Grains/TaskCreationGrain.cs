using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Airliner.Tasks.Grains;

/// <summary>
/// Makes tasks, without activating a grain for each: many are made long before anybody acts on them. Key: any. Store: none; inserts into the table
/// <c>tasks</c>.
/// </summary>
[Reentrant]
[StatelessWorker]
[GrainType("task-creation")]
internal sealed class TaskCreationGrain(ITaskTable table, TaskLimits limits, TimeProvider time) : Grain, ITaskCreationGrain
{
    public async Task<TaskView> Create(long taskId, CreateTask command)
    {
        var task = TaskState.Created(taskId, command, limits.Of(command.TaskType), time.Now());
        try
        {
            await table.CreateAsync(taskId, task);
        }
        catch (InconsistentStateException)
        {
            // The command's first try may have made it, and its answer was lost.
            if (await table.FindAsync(taskId) is not { } present)
                throw;
            if (present.CommandId != command.CommandId)
                throw new InvalidOperationException($"The task id {taskId} was given out twice.");
            return present.View(taskId);
        }
        catch (UniqueViolationException)
        {
            // A gateway that was lost made it, and the client has come back to another one, which allocated another id.
            return await table.FindByCommandAsync(command.CommandId) is var (id, made) ? made.View(id) : throw new InvalidOperationException($"The command {command.CommandId} made no task.");
        }

        task.HintQueue(GrainFactory, taskId, time.GetUtcNow());
        return task.View(taskId);
    }
}
