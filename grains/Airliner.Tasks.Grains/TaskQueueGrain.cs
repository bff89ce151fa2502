using Airliner.Contracts.Tasks;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains;

/// <summary>
/// What of one task type is due next, all in memory: the table is the truth, from which it is rebuilt and reconciled each second. Key: task type. Store: none.
/// </summary>
/// <remarks>
/// Its turns never await a commit, so it is reentrant: hints go on while the table is read. During a membership change two may be awake for a moment: together
/// they may start more than <see cref="TaskTypeLimits.MaxInFlight"/>, but no task twice, since a start commits under the task's version.
/// </remarks>
[Reentrant]
[KeepAlive]
[GrainType("task-queue")]
internal sealed partial class TaskQueueGrain(ITaskIndex index, ISiloLiveness silos, TaskLimits limits, TimeProvider time, ILogger<TaskQueueGrain> log)
    : Grain, ITaskQueueGrain
{
    /// <summary>Tasks that the queue holds in memory; the others wait in the table.</summary>
    private const int Window = 1000;

    /// <summary>Where the window is refilled at once while more wait in the table, so that quick tasks never wait for the second.</summary>
    private const int Low = Window / 4;

    /// <summary>Tasks that are looked at each second while the window is full enough: what became due meanwhile and is more urgent.</summary>
    private const int Head = 100;

    private static readonly TimeSpan _reconcileEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long a start may stay unseen in the table before its slot is given back.</summary>
    private static readonly TimeSpan _startTakesAtMost = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait before a task whose silo was lost is told once more to start.</summary>
    private static readonly TimeSpan _startAgainAfter = TimeSpan.FromSeconds(2);

    private readonly DueWindow _due = new(Window);
    private readonly PriorityQueue<QueuedTask, DateTimeOffset> _later = new();
    private readonly Dictionary<long, DateTimeOffset> _inFlight = [];

    /// <summary>Tasks that let go of their slot while the table was being read: what was read of them is out of date.</summary>
    private readonly HashSet<long> _releasedWhileReading = [];

    private bool _reading;
    private IGrainTimer _dueTimer = null!;
    private IGrainTimer _refillTimer = null!;

    private TaskTypeLimits Limits => limits.Of(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var onDemand = new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true };
        _dueTimer = this.RegisterGrainTimer(DispatchAsync, onDemand);
        _refillTimer = this.RegisterGrainTimer(ReconcileAsync, onDemand);
        this.RegisterGrainTimer(ReconcileAsync, new GrainTimerCreationOptions(TimeSpan.Zero, _reconcileEvery) { Interleave = true, KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task Hint(QueuedTask task)
    {
        if (task.DueAt <= time.GetUtcNow())
        {
            Add(task);
            Dispatch();
        }
        else if (_later.Count < Window)
        {
            _later.Enqueue(task, task.DueAt);
            WaitForNextDue();
        }

        return Task.CompletedTask;
    }

    public Task HintMany(IReadOnlyList<QueuedTask> tasks)
    {
        foreach (var task in tasks)
            Hint(task);
        return Task.CompletedTask;
    }

    public Task Released(long taskId)
    {
        _inFlight.Remove(taskId);
        if (_reading)
            _releasedWhileReading.Add(taskId);
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
        while (_inFlight.Count < Limits.MaxInFlight && _due.TryTake(out var taskId))
        {
            if (_inFlight.TryAdd(taskId, time.GetUtcNow()))
                GrainFactory.GetGrain<ITaskGrain>(taskId).Start().Ignore();
        }

        if (_due.Count < Low && _due.HasLeftOut && !_reading)
            _refillTimer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        if (_reading)
            return;
        _reading = true;
        try
        {
            var type = this.GetPrimaryKeyString();
            var now = time.GetUtcNow();
            TakeBackSlots(await index.FindRunningAsync(type), now);
            // Those in flight may be pending in the table still, and must not fill what is read.
            var isFull = _due.Count >= Low;
            var limit = (isFull ? Head : Window) + Limits.MaxInFlight;
            AddDue(await index.FindDueAsync(type, now, limit), limit, isFull);
        }
        catch (Exception error)
        {
            // The database may be away: the next second tries again, and what is in memory goes on.
            LogReconcileFailed(error, this.GetPrimaryKeyString());
            _due.HasLeftOut = false;
        }
        finally
        {
            _reading = false;
            _releasedWhileReading.Clear();
        }

        Dispatch();
    }

    private void AddDue(IReadOnlyList<QueuedTask> found, int limit, bool headOnly)
    {
        var added = 0;
        if (!headOnly)
            _due.HasLeftOut = false;
        foreach (var task in found)
        {
            if (!_releasedWhileReading.Contains(task.TaskId) && Add(task))
                added++;
        }

        // Where a read brought nothing new, another at once would bring no more.
        if (!headOnly)
            _due.HasLeftOut |= found.Count == limit && added > 0;
    }

    /// <summary>Makes the slots in use what the table says, and starts again what a lost silo ran.</summary>
    private void TakeBackSlots(IReadOnlyList<TaskLease> running, DateTimeOffset now)
    {
        var held = running.Select(lease => lease.TaskId).ToHashSet();
        foreach (var (taskId, since) in _inFlight)
        {
            if (!held.Contains(taskId) && now - since > _startTakesAtMost)
                _inFlight.Remove(taskId);
        }

        foreach (var lease in running)
        {
            if (_releasedWhileReading.Contains(lease.TaskId))
                continue;
            var isNew = _inFlight.TryAdd(lease.TaskId, now);
            var isLost = lease.Until < now || !silos.IsAlive(lease.Owner);
            if (isLost && (isNew || now - _inFlight[lease.TaskId] >= _startAgainAfter))
            {
                _inFlight[lease.TaskId] = now;
                GrainFactory.GetGrain<ITaskGrain>(lease.TaskId).Start().Ignore();
            }
        }
    }

    private bool Add(QueuedTask task) => !_inFlight.ContainsKey(task.TaskId) && _due.Add(task);

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
