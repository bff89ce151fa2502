using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Microsoft.Extensions.Logging;

namespace Airliner.Tasks.Grains;

/// <summary>One task. Key: task id. Store: table <c>tasks</c>.</summary>
[GrainType("task")]
internal sealed partial class TaskGrain(
    [PersistentState("task", TasksStorage.Tasks)] IPersistentState<TaskState> task,
    ITaskRunner runner,
    ISiloLiveness silos,
    TaskLimits limits,
    TimeProvider time,
    ILogger<TaskGrain> log) : Grain, ITaskGrain
{
    public async Task<TaskView?> Get() => await ExistsAsync() ? task.State.View(TaskId) : null;

    public async Task<CancelResult> Cancel(Caller caller)
    {
        if (!await ExistsAsync() || !(caller.Is(task.State.UserId) || caller.IsAdmin))
            return new(CancelOutcome.NotFound);
        var state = task.State;
        if (TaskStatuses.HasEnded(state.Status))
            return new(CancelOutcome.HasEnded, state.Reference, state.Status);

        if (state.Status == TaskStatuses.Pending)
        {
            await task.CommitAsync(state.Cancelled(TaskId, time.Now()));
        }
        else if (state.Status == TaskStatuses.Processing)
        {
            await task.CommitAsync(state.Cancelling(time.Now()));
            runner.Cancel(TaskId); // Where the handler runs in another silo, its next sign of life learns of it.
        }

        task.State.HintGroup(GrainFactory);
        return new(task.State.IsRunning ? CancelOutcome.Cancelling : CancelOutcome.Cancelled, state.Reference, task.State.Status);
    }

    public async Task Erase()
    {
        if (!await ExistsAsync())
            return;
        var next = task.State.Erased(TaskId, time.Now());
        if (ReferenceEquals(next, task.State))
            return;
        await task.CommitAsync(next);
        next.HintGroup(GrainFactory);
        if (next.IsRunning)
            runner.Cancel(TaskId); // Where the handler runs in another silo, its next sign of life learns of it.
    }

    public async Task Start()
    {
        if (!await ExistsAsync())
            return; // It has no type, so no queue; the slot is given back in time.
        try
        {
            var started = await TryStart();
            if (!started)
                await Queue.Released(TaskId);
        }
        catch (Exception error)
        {
            // Nobody awaits a start: the queue gives the slot back and finds the task in the table again. Thrown on, because an inconsistent
            // state ends the activation only where it leaves the grain, of a one-way call too.
            LogStartFailed(error, TaskId);
            await Queue.Released(TaskId);
            throw;
        }
    }

    public async Task Progress(int attempt, int percent)
    {
        if (IsRunning(attempt) && task.State.Status == TaskStatuses.Processing && percent > task.State.Progress)
            await task.CommitAsync(task.State.Progressed(TaskId, percent, time.Now()));
    }

    public async Task<bool> Renew(int attempt)
    {
        if (!IsRunning(attempt) || task.State.Status == TaskStatuses.Cancelling)
            return false;
        await task.CommitAsync(task.State.Renewed(limits.Lease, time.Now()));
        return true;
    }

    public async Task Finish(int attempt, AttemptResult result)
    {
        if (!IsRunning(attempt))
        {
            // Told once more, because the first answer was lost: perhaps the release was, too.
            if (task.RecordExists && TaskStatuses.HasEnded(task.State.Status))
                await Queue.Released(TaskId);
            return;
        }

        var now = time.Now();
        var state = task.State;
        // Who cancelled was told that the task ends cancelled, so it does, even where its handler ended well in the meantime.
        await task.CommitAsync(
            state.Status == TaskStatuses.Cancelling ? state.Cancelled(TaskId, now)
            : result.Result is { } value ? state.Completed(TaskId, value, now)
            : result.Interrupted ? state.HandedBack(TaskId, now)
            : state.AttemptFailed(TaskId, result.Error ?? "The attempt ended without a result.", result.Retry, TaskTypeLimits.Backoff(state.Attempts), now));
        task.State.HintGroup(GrainFactory);
        await Queue.Released(TaskId);
        if (task.State.Status == TaskStatuses.Pending)
            task.State.HintQueue(GrainFactory, TaskId, time.GetUtcNow());
    }

    private long TaskId => this.GetPrimaryKeyLong();

    private ITaskQueueGrain Queue => GrainFactory.GetGrain<ITaskQueueGrain>(task.State.TaskType);

    private bool IsRunning(int attempt) => task.RecordExists && task.State.IsRunning && task.State.Attempts == attempt;

    /// <summary>Tasks are made beside their grain, so one that was asked for too early may be there now.</summary>
    private async Task<bool> ExistsAsync()
    {
        if (!task.RecordExists)
            await task.ReadStateAsync();
        return task.RecordExists;
    }

    /// <summary>Begins the next attempt: of a task that is due, or of one whose silo was lost.</summary>
    private async Task<bool> TryStart()
    {
        var now = time.Now();
        var state = task.State;
        if (state.IsRunning && (state.LeaseUntil > now && silos.IsAlive(state.LeaseOwner)))
            return true; // It holds its slot already.
        if (state.IsRunning)
        {
            await task.CommitAsync(state.Status == TaskStatuses.Cancelling
                ? state.Cancelled(TaskId, now)
                : state.AttemptFailed(TaskId, "The silo that ran the task was lost.", retry: true, TimeSpan.Zero, now));
            state = task.State;
            state.HintGroup(GrainFactory);
        }

        if (state.Status != TaskStatuses.Pending || state.DueAt > now)
            return false;
        if (!runner.IsOpen)
        {
            DeactivateOnIdle(); // The silo stops: the next start shall find the task in another.
            return false;
        }

        await task.CommitAsync(state.Started(TaskId, silos.Self, limits.Lease, now));
        state = task.State;
        runner.Run(new TaskAttempt(TaskId, state.Attempts, state.TaskType, state.UserId, state.Parameters, TimeSpan.FromSeconds(state.TimeoutSeconds)));
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "Task {TaskId} could not be started; the queue will find it again")]
    private partial void LogStartFailed(Exception error, long taskId);
}
