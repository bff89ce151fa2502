using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Queues;
using Airliner.Tasks.Grains.Workers;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains;

/// <summary>
/// What of one task type is due next, all in memory: the table is the truth, from which it is rebuilt and reconciled each second. Key: task type. Store: none; its epoch is
/// a row of the table <c>task_queues</c>.
/// </summary>
/// <remarks>
/// Its turns never await a commit, so it is reentrant: hints go on while the table is read. During a membership change two may be awake: the one that took its epoch last
/// counts what runs and starts more, and no start of the other commits any longer, so the limits hold for both together.
/// </remarks>
[Reentrant]
[KeepAlive]
[GrainType("task-queue")]
internal sealed partial class TaskQueueGrain(
    IQueueTable table, ITaskRunner runner, ISiloLiveness silos, TaskLimits limits, QueueGauges gauges, TimeProvider time, ILogger<TaskQueueGrain> log)
    : Grain, ITaskQueueGrain
{
    /// <summary>Tasks that the queue holds in memory; the others wait in the table.</summary>
    private const int Window = 2000;

    /// <summary>Tasks that are read at once where the window is low.</summary>
    private const int Rows = 1000;

    /// <summary>Where the window is refilled at once while more wait in the table, so that quick tasks never wait for the second.</summary>
    private const int Low = 250;

    private static readonly TimeSpan _reconcileEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _measureEvery = TimeSpan.FromSeconds(10);

    /// <summary>How long an offer holds that is not repeated, as it is every two seconds.</summary>
    private static readonly TimeSpan _offersHold = TimeSpan.FromSeconds(10);

    private readonly PriorityQueue<QueuedTask, DateTimeOffset> _later = new();
    private readonly WorkerSlots _workers = new();

    /// <summary>Tasks that let go of their slot while the table was being read: what was read of them is out of date.</summary>
    private readonly HashSet<long> _releasedWhileReading = [];

    private string _type = null!;
    private TaskTypeLimits _limits = null!;
    private Slots _slots = null!;
    private ISlotSource _source = null!;
    private DueWindow _due = null!;
    private HeldEpoch _epoch = null!;
    private IGrainTimer _dueTimer = null!;
    private IGrainTimer _reconcileTimer = null!;

    private bool _reading;
    private bool _isFollowed;
    private UserPriority? _readUpTo;
    private DateTimeOffset _measuredAt;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _type = this.GetPrimaryKeyString();
        _limits = limits.Of(_type);
        _epoch = new HeldEpoch(table, _type);
        _slots = new Slots(_workers);
        var inSilo = runner.Handles(_type);
        _source = inSilo ? new SiloSlots(_slots, _limits) : new OfferedSlots(_slots, _workers, _limits);
        var mostOfUser = _limits.MostOfUser(inSilo);
        _due = new DueWindow(Window, user => _slots.Of(user) < mostOfUser);
        var onDemand = new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true };
        _dueTimer = this.RegisterGrainTimer(DispatchAsync, onDemand);
        _reconcileTimer = this.RegisterGrainTimer(ReconcileAsync, onDemand);
        this.RegisterGrainTimer(ReconcileAsync, new GrainTimerCreationOptions(TimeSpan.Zero, _reconcileEvery) { Interleave = true, KeepAlive = true });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        gauges.Hide(_type);
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

    public Task Released(long taskId, int attempt)
    {
        Freed(taskId, _slots.Release(taskId, attempt));
        Dispatch();
        return Task.CompletedTask;
    }

    public Task NotStarted(long taskId, long epoch, StartRefusal reason)
    {
        if (reason == StartRefusal.InDoubt)
            _epoch.Doubt(epoch);
        else if (reason == StartRefusal.StillLost)
            _slots.Keep(taskId, epoch);
        else
            Freed(taskId, _slots.GiveBack(taskId, epoch));
        if (reason == StartRefusal.EpochOver && _epoch.Refuse(epoch))
            _reconcileTimer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Dispatch();
        return Task.CompletedTask;
    }

    public Task Offer(WorkerOffer offer)
    {
        _workers.Set(offer.Worker, offer.Capacity, time.GetUtcNow() + _offersHold);
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
        if (!_epoch.MayStart)
            return;
        var now = time.GetUtcNow();
        while (_source.HasFree(now, out var worker) && _due.TryTake(now, out var task))
        {
            if (_slots.TryReserve(task, _epoch.Number, now, worker))
                GrainFactory.GetGrain<ITaskGrain>(task.TaskId).Start(new TaskStart(_epoch.Number, worker, task.TraceParent)).Ignore();
        }

        if (_due.Ready < Low && _due.HasLeftOut && !_reading)
            _reconcileTimer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        if (_reading || _isFollowed)
            return;
        _reading = true;
        try
        {
            var now = time.GetUtcNow();
            var epoch = await _epoch.HoldAsync(isInDoubt: _slots.HasOverdueStart(now));
            var running = await table.FindRunningAsync(_type);
            if (running.Epoch != epoch)
            {
                Follow();
                return;
            }

            Settle(running.Leases, running.Epoch, now);
            _epoch.Counted(running.Epoch);
            Dispatch();
            await ReadDueAsync(now);
            Dispatch();
            await MeasureAsync(now);
        }
        catch (Exception error)
        {
            // The database may be away: the next second tries again, and what is in memory goes on.
            LogReconcileFailed(error, _type);
            _due.HasLeftOut = false;
        }
        finally
        {
            _reading = false;
            _releasedWhileReading.Clear();
        }

        Dispatch();
    }

    /// <summary>Another activation of the queue has followed this one, which ends: whoever calls next finds the one that there is to be.</summary>
    private void Follow()
    {
        LogFollowed(_type);
        _epoch.GiveUp();
        _isFollowed = true;
        DeactivateOnIdle();
    }

    /// <summary>Makes the slots in use what the table says, and starts again what a lost silo ran; what a lost worker ran waits again.</summary>
    private void Settle(IReadOnlyList<TaskLease> running, long epoch, DateTimeOffset now)
    {
        var (freed, lost) = _slots.Settle(running, _releasedWhileReading, epoch, now, lease => lease.Until < now || !silos.IsAlive(lease.Owner));
        foreach (var userId in freed)
            _due.Resume(userId, now);
        foreach (var taskId in lost)
            GrainFactory.GetGrain<ITaskGrain>(taskId).Start(new TaskStart(epoch)).Ignore();
    }

    private async Task ReadDueAsync(DateTimeOffset now)
    {
        // Where the window is full enough, no more than who is new and what is urgent.
        var isFull = _due.Ready >= Low;
        var wasLeftOut = _due.HasLeftOut;
        _due.HasLeftOut = false;
        var page = await table.FindDueAsync(new DueQuery(_type, now, _readUpTo, isFull ? 0 : Rows, _slots.Starting));
        _readUpTo = page.Last;
        var added = page.Tasks.Count(task => !_releasedWhileReading.Contains(task.TaskId) && Add(task));
        // Where a read brought nothing new, another at once would bring no more.
        _due.HasLeftOut = isFull ? wasLeftOut || _due.HasLeftOut || page.HasMore : (page.HasMore || _due.HasLeftOut) && added > 0;
    }

    private async Task MeasureAsync(DateTimeOffset now)
    {
        if (now - _measuredAt < _measureEvery)
            return;
        _measuredAt = now;
        foreach (var size in await table.MeasureAsync(now, _type))
            gauges.Show(size.View(limits, now));
    }

    private bool Add(QueuedTask task) => !_slots.Holds(task.TaskId) && _due.Add(task, time.GetUtcNow());

    private void Freed(long taskId, long? userId)
    {
        if (_reading)
            _releasedWhileReading.Add(taskId);
        if (userId is { } user)
            _due.Resume(user, time.GetUtcNow());
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

    [LoggerMessage(LogLevel.Information, "The queue of {TaskType} goes on in another activation")]
    private partial void LogFollowed(string taskType);
}
