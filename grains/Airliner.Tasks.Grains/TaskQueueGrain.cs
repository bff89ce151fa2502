using Airliner.Contracts.Tasks;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains;

/// <summary>
/// What of one task type is due next, all in memory: the table is the truth, from which it is rebuilt and reconciled each second. Key: task type. Store: none.
/// </summary>
/// <remarks>Its turns never await a commit, so it is reentrant: hints go on while the table is read.</remarks>
[Reentrant]
[KeepAlive]
[GrainType("task-queue")]
internal sealed partial class TaskQueueGrain(ITaskIndex index, ISiloLiveness silos, TaskLimits limits, TimeProvider time, ILogger<TaskQueueGrain> log)
    : Grain, ITaskQueueGrain
{
    /// <summary>Tasks that the queue holds in memory; the others wait in the table.</summary>
    private const int Window = 1000;

    private static readonly TimeSpan _reconcileEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long a start may stay unseen in the table before its slot is given back.</summary>
    private static readonly TimeSpan _startTakesAtMost = TimeSpan.FromSeconds(10);

    private readonly SortedSet<(DateTimeOffset Order, long TaskId)> _due = [];
    private readonly PriorityQueue<QueuedTask, DateTimeOffset> _later = new();
    private readonly Dictionary<long, DateTimeOffset> _inFlight = [];
    private bool _reconciling;
    private IGrainTimer _dueTimer = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(ReconcileAsync, new GrainTimerCreationOptions(TimeSpan.Zero, _reconcileEvery) { Interleave = true, KeepAlive = true });
        _dueTimer = this.RegisterGrainTimer(
            DispatchAsync, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        return Task.CompletedTask;
    }

    public Task Hint(QueuedTask task)
    {
        if (task.DueAt > time.GetUtcNow())
        {
            _later.Enqueue(task, task.DueAt);
            WaitForNextDue();
        }
        else
        {
            Add(task);
            Dispatch();
        }

        return Task.CompletedTask;
    }

    public Task Released(long taskId)
    {
        _inFlight.Remove(taskId);
        Dispatch();
        return Task.CompletedTask;
    }

    public Task Wake() => Task.CompletedTask;

    private Task DispatchAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        while (_later.TryPeek(out var task, out var due) && due <= now)
        {
            _later.Dequeue();
            Add(task);
        }

        WaitForNextDue();
        Dispatch();
        return Task.CompletedTask;
    }

    /// <summary>Gives every free slot to the task whose turn it is. Nothing is awaited: a start that is lost is found in the table again.</summary>
    private void Dispatch()
    {
        while (_inFlight.Count < limits.MaxInFlight && _due.Count > 0)
        {
            var next = _due.Min;
            _due.Remove(next);
            if (_inFlight.TryAdd(next.TaskId, time.GetUtcNow()))
                GrainFactory.GetGrain<ITaskGrain>(next.TaskId).Start().Ignore();
        }
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        if (_reconciling)
            return;
        _reconciling = true;
        try
        {
            var type = this.GetPrimaryKeyString();
            var now = time.GetUtcNow();
            TakeBackSlots(await index.FindRunningAsync(type), now);
            if (_due.Count < Window / 2)
            {
                foreach (var task in await index.FindDueAsync(type, now, Window))
                    Add(task);
            }

            Dispatch();
        }
        catch (Exception error)
        {
            // The database may be away: the next second tries again, and what is in memory goes on.
            LogReconcileFailed(error, this.GetPrimaryKeyString());
        }
        finally
        {
            _reconciling = false;
        }
    }

    /// <summary>Makes the slots in use what the table says, and starts again what a lost silo ran.</summary>
    private void TakeBackSlots(IReadOnlyList<TaskLease> running, DateTimeOffset now)
    {
        var held = running.ToDictionary(lease => lease.TaskId);
        foreach (var (taskId, since) in _inFlight)
        {
            if (!held.ContainsKey(taskId) && now - since > _startTakesAtMost)
                _inFlight.Remove(taskId);
        }

        foreach (var lease in running)
        {
            var isNew = _inFlight.TryAdd(lease.TaskId, now);
            var isLost = lease.Until < now || !silos.IsAlive(lease.Owner);
            if (isLost && (isNew || now - _inFlight[lease.TaskId] > _startTakesAtMost))
            {
                _inFlight[lease.TaskId] = now;
                GrainFactory.GetGrain<ITaskGrain>(lease.TaskId).Start().Ignore();
            }
        }
    }

    private void Add(QueuedTask task)
    {
        if (!_inFlight.ContainsKey(task.TaskId) && _due.Count < 2 * Window)
            _due.Add((task.Order, task.TaskId));
    }

    private void WaitForNextDue()
    {
        if (_later.TryPeek(out _, out var due))
        {
            var wait = due - time.GetUtcNow();
            _dueTimer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The queue of {TaskType} could not read its table")]
    private partial void LogReconcileFailed(Exception error, string taskType);
}
