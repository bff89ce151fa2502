using System.Runtime.CompilerServices;
using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Tasks.Gateway;

/// <summary>What clients ask of tasks, over REST and gRPC alike: who may, and which grain answers.</summary>
internal sealed class TaskRequests(GrainCalls calls, TaskIds ids, TaskCommands commands)
{
    /// <summary>Creates and streams go to so many grains, so that their calls are spread over the cluster's connections.</summary>
    public const int Spread = 64;

    public async Task<Reply<TaskView>> CreateAsync(Caller caller, CreateTaskBody body, string commandId)
    {
        var made = await commands.MakeAsync(caller, body, commandId);
        if (made.Value is not { } command)
            return made.Refusal!;

        var taskId = await ids.Tasks.NextAsync();
        try
        {
            return await calls.Call(grains => grains.GetGrain<ITaskCreationGrain>(taskId % Spread).Create(taskId, command));
        }
        catch (RecordRejectedException refused) when (refused.Constraint == PersonalDataSources.ErasedUser)
        {
            return TaskCommands.UserIsErased;
        }
    }

    public async Task<Reply<Page<TaskView>>> ListAsync(Caller caller, TaskFilter filter, PageRequest page)
    {
        var userId = filter.UserId;
        return caller.Narrow(ref userId, "tasks") is { } refusal
            ? TaskRefusal.Forbidden(refusal)
            : await calls.Call(grains => grains.GetGrain<ITaskQueriesGrain>(0).List(filter with { UserId = userId }, page));
    }

    public async Task<Reply<TaskView>> GetAsync(Caller caller, long taskId)
    {
        var task = await calls.Call(grains => grains.GetGrain<ITaskGrain>(taskId).Get());
        return task is not null && (caller.Is(task.UserId) || caller.ReadsAll) ? task : TaskRefusal.NotFound(taskId);
    }

    /// <summary>A caller who may read the task and not cancel it is told so; to others there is none.</summary>
    public async Task<Reply<CancelResult>> CancelAsync(Caller caller, long taskId)
    {
        var tries = 0;
        var result = await calls.Call(grains =>
        {
            tries++;
            return grains.GetGrain<ITaskGrain>(taskId).Cancel(caller);
        });
        return result.Outcome switch
        {
            // A try before, whose answer was lost, may have done it.
            CancelOutcome.HasEnded when tries > 1 && result.Status == TaskStatuses.Cancelled => result with { Outcome = CancelOutcome.Cancelled },
            CancelOutcome.NotFound => (await GetAsync(caller, taskId)).Refusal ?? TaskRefusal.Forbidden("A task is its owner's and the administrators' to cancel."),
            CancelOutcome.HasEnded => TaskRefusal.Conflict($"Task {taskId} has ended: it is {result.Status}."),
            _ => result,
        };
    }

    /// <summary>What happened to a task after a sequence.</summary>
    public async Task<Reply<TaskHistory>> ReadHistoryAsync(Caller caller, long taskId, long after, int limit = PageRequest.MaxLimit, int offset = 0)
    {
        var history = await calls.Call(grains => grains.GetGrain<ITaskHistoryGrain>(taskId % Spread).Read(taskId, after, limit, offset));
        return history is not null && (caller.Is(history.UserId) || caller.ReadsAll) ? history : TaskRefusal.NotFound(taskId);
    }

    /// <summary>
    /// What happens to a task, until it has ended: first what was read already, then each fact as it happens. Whatever becomes of silos meanwhile, each comes
    /// once and in order.
    /// </summary>
    public async IAsyncEnumerable<TaskFact> WatchAsync(long taskId, long after, TaskHistory? history, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (history is not null)
        {
            foreach (var fact in history.Facts.Items)
            {
                yield return fact;
                after = fact.Sequence;
            }

            if (history.HasEnded && !history.Facts.HasMore)
                yield break;
            history = await NextAsync(taskId, after, cancellation);
        }
    }

    /// <summary>The history after a sequence once there is any, or the task has ended; null when it is gone.</summary>
    private async Task<TaskHistory?> NextAsync(long taskId, long after, CancellationToken cancellation)
    {
        while (true)
        {
            if (await calls.CallUntilAnswered(grains => grains.GetGrain<ITaskHistoryGrain>(taskId % Spread).Wait(taskId, after), cancellation) is { } news)
                return news.History;
        }
    }
}
