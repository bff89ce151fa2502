using System.Diagnostics;
using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace Airliner.Tasks.Grains;

/// <summary>One task. Key: task id. Store: table <c>tasks</c>.</summary>
[GrainType("task")]
internal sealed partial class TaskGrain(
    [PersistentState("task", TasksStorage.Tasks)] IPersistentState<TaskState> task,
    LeaseOwners owners,
    ISiloLiveness silos,
    TaskLimits limits,
    TimeProvider time,
    ILogger<TaskGrain> log) : Grain, ITaskGrain
{
    private static readonly TimeSpan _progressEvery = TimeSpan.FromSeconds(1);

    private IGrainTimer? _progressTimer;
    private DateTimeOffset _progressedAt;
    private (int Attempt, int Percent) _untold;

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
            TellToStop();
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
            TellToStop();
    }

    public async Task Start(TaskStart start)
    {
        if (!await ExistsAsync())
            return; // It has no type, so no queue; the slot is given back in time.
        using var span = TaskTraces.Start(TaskId, task.State.TaskType, start.TraceParent);
        try
        {
            if (!await TryStart(start))
                await NotStarted(start, StartRefusal.NotStarted);
        }
        catch (Exception error) when (error is RecordRejectedException or StorageUnavailableException)
        {
            LogStartFailed(error, TaskId);
            await NotStarted(
                start,
                error is RecordRejectedException { Constraint: TasksStorage.QueueEpochs } ? StartRefusal.EpochOver : task.State.IsRunning ? StartRefusal.StillLost : StartRefusal.NotStarted);
        }
        catch (Exception error)
        {
            // Nobody awaits a start: the queue finds out what became of it. Thrown on, because an inconsistent state ends the activation only
            // where it leaves the grain, of a one-way call too.
            LogStartFailed(error, TaskId);
            await NotStarted(start, StartRefusal.InDoubt);
            throw;
        }
    }

    public async Task<LeaseOutcome> Progress(LeaseClaim lease, int percent)
    {
        var outcome = OutcomeOf(lease);
        if (outcome != LeaseOutcome.Held || percent <= task.State.Progress)
            return outcome;
        _untold = (lease.Attempt, percent);
        var wait = _progressedAt + _progressEvery - time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
            await CommitProgressAsync(CancellationToken.None);
        else
            (_progressTimer ??= this.RegisterGrainTimer(CommitProgressAsync, wait, Timeout.InfiniteTimeSpan)).Change(wait, Timeout.InfiniteTimeSpan);
        return outcome;
    }

    public async Task<LeaseOutcome> Renew(LeaseClaim lease)
    {
        var outcome = OutcomeOf(lease);
        // Signs of life come each third of the lease; one that comes sooner costs no write.
        if (outcome == LeaseOutcome.Held && task.State.LeaseUntil - time.GetUtcNow() < Lease * 0.75)
            await task.CommitAsync(task.State.Renewed(Lease, limits.HandlerLetsGoWithin, time.Now()));
        return outcome;
    }

    public async Task<LeaseOutcome> Finish(LeaseClaim lease, AttemptResult result)
    {
        if (OutcomeOf(lease) == LeaseOutcome.Lost)
        {
            // Told once more, because the first answer was lost: perhaps the release was, too.
            if (task.RecordExists && TaskStatuses.HasEnded(task.State.Status))
                await Queue.Released(TaskId, lease.Attempt);
            return task.RecordExists && task.State.HasHeard(lease, result) ? LeaseOutcome.Held : LeaseOutcome.Lost;
        }

        var now = time.Now();
        var state = task.State;
        var retry = limits.Of(state.TaskType).Retry;
        // Who cancelled was told that the task ends cancelled, so it does, even where its handler ended well in the meantime.
        await task.CommitAsync(
            state.Status == TaskStatuses.Cancelling ? state.Cancelled(TaskId, now)
            : result.Result is { } value ? state.Completed(TaskId, value, now)
            : result.Interrupted ? state.HandedBack(TaskId, result.Error, retry, now)
            : state.AttemptFailed(TaskId, result.Error ?? "The attempt ended without a result.", result.Retry, retry.Wait(state.CountedAttempts), now));
        // A result that came after the deadline is refused, and so it is where it is told once more.
        var outcome = task.State.HasHeard(lease, result) ? LeaseOutcome.Held : LeaseOutcome.Lost;
        TaskInstruments.Ended(task.State, result.Interrupted);
        task.State.HintGroup(GrainFactory);
        await Queue.Released(TaskId, lease.Attempt);
        if (task.State.Status == TaskStatuses.Pending)
            task.State.HintQueue(GrainFactory, TaskId, time.GetUtcNow());
        return outcome;
    }

    private long TaskId => this.GetPrimaryKeyLong();

    private ITaskQueueGrain Queue => GrainFactory.GetGrain<ITaskQueueGrain>(task.State.TaskType);

    private TimeSpan Lease => limits.Of(task.State.TaskType).Lease;

    private LeaseOutcome OutcomeOf(LeaseClaim lease) =>
        !task.RecordExists || !task.State.IsHeld(lease) ? LeaseOutcome.Lost
        : task.State.Status == TaskStatuses.Cancelling ? LeaseOutcome.Cancelling
        : LeaseOutcome.Held;

    private void TellToStop() => owners.Named(task.State.LeaseOwner).Cancel(TaskId, task.State.Attempts);

    private Task NotStarted(TaskStart start, StartRefusal reason) => Queue.NotStarted(TaskId, start.Epoch, reason);

    /// <summary>Tasks are made beside their grain, so one that was asked for too early may be there now; and swept beside it, so one may be there no more.</summary>
    private async Task<bool> ExistsAsync()
    {
        if (!task.RecordExists || limits.Retention.MayHaveSwept(task.State, time.GetUtcNow()))
            await task.ReadStateAsync();
        return task.RecordExists;
    }

    private async Task CommitProgressAsync(CancellationToken cancellationToken)
    {
        var state = task.State;
        if (state.Status != TaskStatuses.Processing || state.Attempts != _untold.Attempt || _untold.Percent <= state.Progress)
            return;
        _progressedAt = time.GetUtcNow();
        await task.CommitAsync(state.Progressed(TaskId, _untold.Percent, time.Now()));
    }

    /// <summary>Begins the next attempt: of a task that is due, or of one whose silo or worker was lost.</summary>
    private async Task<bool> TryStart(TaskStart start)
    {
        var now = time.Now();
        var state = task.State;
        if (state.IsRunning && (state.LeaseUntil > now && silos.IsAlive(state.LeaseOwner)))
            return true; // It holds its slot already.
        if (state.IsRunning && owners.RunsHere(state.LeaseOwner, TaskId, state.Attempts)
            && state.Renewed(Lease, limits.HandlerLetsGoWithin, now) is { } renewed && renewed.LeaseUntil > now)
        {
            // Nobody is lost: the database was away while the lease should have been renewed, or the clock has jumped.
            await task.CommitAsync(renewed);
            return true;
        }

        if (state.IsRunning)
        {
            await task.CommitAsync(state.Lost(TaskId, silos.IsAlive(state.LeaseOwner) ? limits.Of(state.TaskType).Retry : null, now));
            state = task.State;
            TaskInstruments.Lost(state);
            state.HintGroup(GrainFactory);
        }

        if (state.Status != TaskStatuses.Pending || state.DueAt > now)
            return false;
        if (state.ExpiresAt <= now)
        {
            await task.CommitAsync(state.Expired(TaskId, now));
            task.State.HintGroup(GrainFactory);
            return false;
        }

        var owner = owners.For(start);
        if (!owner.CanRun(state.TaskType))
        {
            DeactivateOnIdle(); // The silo stops: the next start shall find the task in another.
            return false;
        }

        // The first lease holds no longer than a renewed one: where little is left to the deadline the task is not kept waiting far beyond it.
        await task.CommitAsync(state.Started(TaskId, owner.Name, Lease, now, start.Epoch).Renewed(Lease, limits.HandlerLetsGoWithin, now));
        owner.Run(task.State.Attempt(TaskId) with { TraceParent = Activity.Current?.Id });
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "Task {TaskId} could not be started; the queue will find it again")]
    private partial void LogStartFailed(Exception error, long taskId);
}
