using System.Diagnostics;
using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Lifecycle;

namespace Airliner.Tasks.Grains;

/// <summary>A task as stored, and the rules of its life.</summary>
internal sealed partial record TaskState : Record
{
    private const int LongestError = 4000;

    /// <summary>Attempts that need not count, at most: what is handed back by all who get it is not to go round for ever.</summary>
    private const int MostUncounted = 100;

    /// <summary>A task handed back for lack of room waits as long as after this many failures, so that others can end first.</summary>
    private const int FailuresOfALack = 4;

    private const string NoParameters = "{}";

    private static readonly TimeSpan _hintAhead = TimeSpan.FromSeconds(5);

    /// <summary>The command that made the task: a repeat of it is recognised.</summary>
    public string CommandId { get; init; } = "";

    public string Reference { get; init; } = "";

    public string TaskType { get; init; } = "";

    public long UserId { get; init; }

    public string Priority { get; init; } = "";

    public string Status { get; init; } = TaskStatuses.Pending;

    /// <summary>0–100.</summary>
    public int Progress { get; init; }

    /// <summary>A JSON object.</summary>
    public string Parameters { get; init; } = NoParameters;

    /// <summary>JSON, once completed.</summary>
    public string? Result { get; init; }

    public string? ErrorMessage { get; init; }

    /// <summary>Attempts begun. The running attempt's number is its fencing token: reports of another are ignored.</summary>
    public int Attempts { get; init; }

    public int MaxAttempts { get; init; }

    public int TimeoutSeconds { get; init; }

    public DateTimeOffset? RunAt { get; init; }

    /// <summary>When a pending task may start: its run time, or its next attempt's.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>Who runs it, as <see cref="LeaseNames"/> has it; empty when nobody does.</summary>
    public string LeaseOwner { get; init; } = "";

    /// <summary>Until when the lease holds without a sign of life.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Under which epoch of its queue it was started; null while it does not run.</summary>
    public long? QueueEpoch { get; init; }

    /// <summary>The group that it was made in.</summary>
    public string? GroupId { get; init; }

    /// <summary>Whether it runs, or is about to stop running.</summary>
    public bool IsRunning => Status is TaskStatuses.Processing or TaskStatuses.Cancelling;

    /// <summary>What orders the queue: a higher priority counts as an earlier due time, so nothing waits for ever.</summary>
    public DateTimeOffset QueueOrder => DueAt - Priorities.Boost(Priority);

    /// <summary>Tells the queue of a task that is due or soon will be; one that is due later is left to the queue to find. The hint may be lost.</summary>
    public void HintQueue(IGrainFactory grains, long taskId, DateTimeOffset now)
    {
        if (IsDueSoon(now))
            grains.GetGrain<ITaskQueueGrain>(TaskType).Hint(Queued(taskId)).Ignore();
    }

    /// <summary>Whether its queue is to be told of it.</summary>
    public bool IsDueSoon(DateTimeOffset now) => DueAt <= now + _hintAhead;

    /// <summary>Tells its group, where it is in one and has ended. The hint may be lost.</summary>
    public void HintGroup(IGrainFactory grains)
    {
        if (GroupId is { } groupId && TaskStatuses.HasEnded(Status))
            grains.GetGrain<ITaskGroupGrain>(groupId).MemberEnded().Ignore();
    }

    /// <summary>The task for its queue, of which whoever tells it is the cause.</summary>
    public QueuedTask Queued(long taskId) => new(taskId, UserId, DueAt, QueueOrder, Attempts, Activity.Current?.Id);

    public static TaskState Created(long taskId, CreateTask command, TaskTypeLimits limits, DateTimeOffset now)
    {
        var dueAt = command.RunAt?.ToMicroseconds() is { } runAt && runAt > now ? runAt : now;
        var state = new TaskState
        {
            CommandId = command.CommandId,
            Reference = ReferenceOf(taskId, now),
            TaskType = command.TaskType,
            UserId = command.UserId,
            Priority = command.Priority,
            Parameters = command.Parameters,
            MaxAttempts = command.MaxAttempts ?? limits.MaxAttempts,
            TimeoutSeconds = command.TimeoutSeconds ?? limits.TimeoutSeconds,
            RunAt = command.RunAt?.ToMicroseconds(),
            DueAt = dueAt,
            CreatedAt = now,
            UpdatedAt = now,
            StartWithinSeconds = command.StartWithinSeconds ?? (int?)limits.StartWithin?.TotalSeconds,
            Deadline = command.Deadline?.ToMicroseconds() ?? (dueAt + limits.Deadline)?.ToMicroseconds(),
            GroupId = command.GroupId,
        };
        return state.Raise(new TaskCreated(taskId, state.Reference, state.TaskType, state.UserId, state.Priority) { Timestamp = now });
    }

    /// <summary>The next attempt begins.</summary>
    /// <param name="owner">Who runs it, as <see cref="LeaseNames"/> has it.</param>
    /// <param name="epoch">The queue's.</param>
    public TaskState Started(long taskId, string owner, TimeSpan lease, DateTimeOffset now, long? epoch = null)
    {
        var next = this with
        {
            Status = TaskStatuses.Processing,
            Attempts = Attempts + 1,
            Progress = 0,
            ErrorMessage = null,
            LeaseOwner = owner,
            LeaseUntil = now + lease,
            StartedAt = now,
            UpdatedAt = now,
            QueueEpoch = epoch,
        };
        return next.Raise(new TaskStarted(taskId, Reference, TaskType, UserId, next.Attempts, RunBy: LeaseNames.WorkerIdOf(owner) ?? "silo") { Timestamp = now });
    }

    public TaskState Progressed(long taskId, int percent, DateTimeOffset now) => (this with { Progress = percent, UpdatedAt = now })
        .Raise(new TaskProgressed(taskId, Reference, TaskType, UserId, percent) { Timestamp = now });

    /// <summary>The lease is prolonged, but not beyond the attempt's time and what its handler may take to let go.</summary>
    public TaskState Renewed(TimeSpan lease, TimeSpan letsGoWithin, DateTimeOffset now)
    {
        var atMost = AttemptEndsAt + letsGoWithin;
        return this with { LeaseUntil = now + lease < atMost ? now + lease : atMost };
    }

    /// <summary>A running task is told to stop.</summary>
    public TaskState Cancelling(DateTimeOffset now) => this with { Status = TaskStatuses.Cancelling, UpdatedAt = now };

    public TaskState Cancelled(long taskId, DateTimeOffset now) => Ended(TaskStatuses.Cancelled, now)
        .Raise(new TaskCancelled(taskId, Reference, TaskType, UserId) { Timestamp = now });

    /// <summary>Cancelled where it has not ended, and without what its user put in and got out; the same state where it is so.</summary>
    public TaskState Erased(long taskId, DateTimeOffset now)
    {
        var stopped = Status switch
        {
            TaskStatuses.Pending => Cancelled(taskId, now),
            TaskStatuses.Processing => Cancelling(now),
            _ => this,
        };
        return ReferenceEquals(stopped, this) && Parameters == NoParameters && Result is null && ErrorMessage is null
            ? this
            : stopped with { Parameters = NoParameters, Result = null, ErrorMessage = null };
    }

    /// <summary>The attempt came to its result; where the deadline has passed that is too late, and the task fails for good.</summary>
    public TaskState Completed(long taskId, string result, DateTimeOffset now)
    {
        if (Deadline <= now)
            return Failed(taskId, $"It did not complete before its deadline, {Text(Deadline)}.", now);
        var next = Ended(TaskStatuses.Completed, now) with { Result = result, Progress = 100 };
        return next.Raise(new TaskCompleted(taskId, Reference, TaskType, UserId, next.ProcessingSeconds ?? 0) { Timestamp = now });
    }

    /// <summary>An attempt failed: another follows after <paramref name="wait"/> while it may help, attempts are left, and the deadline is not before it.</summary>
    public TaskState AttemptFailed(long taskId, string error, bool retry, TimeSpan wait, DateTimeOffset now)
    {
        error = Storable(error);
        return retry && CountedAttempts < MaxAttempts ? Waiting(taskId, error, now + wait, now) : Failed(taskId, error, now);
    }

    /// <summary>
    /// Whoever ran the task gives it back. The attempt was not the task's fault, so it does not count. Where he stops another follows at once the first time, and after that
    /// as after a failure; where he has no room it follows as after some failures. When so many did not count nobody seems to want it.
    /// </summary>
    /// <param name="lack">What he has no room for; null where he stops.</param>
    public TaskState HandedBack(long taskId, string? lack, RetryPolicy retry, DateTimeOffset now)
    {
        var reason = lack is null ? $"The {Runner} that ran the task was stopped." : Storable(lack);
        var wait = lack is not null ? retry.Wait(UncountedAttempts + FailuresOfALack) : UncountedAttempts == 0 ? TimeSpan.Zero : retry.Wait(UncountedAttempts);
        var next = this with { UncountedAttempts = UncountedAttempts + 1 };
        return next.UncountedAttempts >= MostUncounted
            ? next.Failed(taskId, $"{reason} It is not tried again: {next.UncountedAttempts} attempts were handed back, or made before it was asked to run again.", now)
            : next.Waiting(taskId, reason, now + wait, now);
    }

    /// <summary>
    /// Nothing was heard in time of whoever ran the task. Where that was before the attempt's time was over he was lost, and another attempt follows at once; else it is the
    /// attempt that failed, and the next one waits as after any failure.
    /// </summary>
    /// <param name="retry">How long that wait is; null where who ran the task is known to be gone, which is a loss at any time.</param>
    public TaskState Lost(long taskId, RetryPolicy? retry, DateTimeOffset now) =>
        Status == TaskStatuses.Cancelling ? Cancelled(taskId, now)
        : retry is null || now < AttemptEndsAt || LeaseUntil < AttemptEndsAt
            ? AttemptFailed(taskId, $"The {Runner} that ran the task was lost.", retry: true, TimeSpan.Zero, now)
            : AttemptFailed(taskId, $"The attempt took longer than {TimeoutSeconds} seconds.", retry: true, retry.Wait(CountedAttempts), now);

    /// <summary>The running attempt, for whoever runs it.</summary>
    public TaskAttempt Attempt(long taskId) =>
        new(taskId, Attempts, TaskType, UserId, Parameters, TimeToRun(StartedAt ?? CreatedAt), AttemptEndsAt, LeaseUntil ?? AttemptEndsAt);

    /// <summary>Whether the lease is the claimed one.</summary>
    public bool IsHeld(LeaseClaim lease) => IsRunning && Attempts == lease.Attempt && LeaseOwner == lease.Owner;

    /// <summary>Whether what an attempt that ended says of its end was taken, so that it is no news where it is told once more. A result that came too late was not.</summary>
    public bool HasHeard(LeaseClaim lease, AttemptResult result) =>
        Attempts == lease.Attempt && !IsRunning && (result.Result is null || Status is TaskStatuses.Completed or TaskStatuses.Cancelled);

    public TaskView View(long taskId) => new(
        taskId, Reference, TaskType, UserId, Priority, Status, Progress, Parameters, Result, ErrorMessage, Attempts, ProcessingSeconds,
        CreatedAt, StartedAt, CompletedAt, UpdatedAt, RunAt, Status == TaskStatuses.Pending && Attempts > 0 ? DueAt : null,
        Deadline, StartWithinSeconds, GroupId);

    /// <summary>When the running attempt has to be over.</summary>
    private DateTimeOffset AttemptEndsAt => (StartedAt ?? CreatedAt) + TimeToRun(StartedAt ?? CreatedAt);

    private string Runner => LeaseNames.WorkerOf(LeaseOwner) is null ? "silo" : "worker";

    private double? ProcessingSeconds => CompletedAt is { } end && StartedAt is { } start ? (end - start).TotalSeconds : null;

    private TaskState Waiting(long taskId, string reason, DateTimeOffset dueAt, DateTimeOffset now)
    {
        if (dueAt >= Deadline)
            return Failed(taskId, $"{reason} It is not tried again: the next attempt would begin after its deadline, {Text(Deadline)}.", now);
        var pending = this with
        {
            Status = TaskStatuses.Pending,
            ErrorMessage = reason,
            DueAt = dueAt,
            LeaseOwner = "",
            LeaseUntil = null,
            UpdatedAt = now,
            QueueEpoch = null,
        };
        return pending.Raise(new TaskRetried(taskId, Reference, TaskType, UserId, Attempts, reason, dueAt) { Timestamp = now });
    }

    private TaskState Failed(long taskId, string error, DateTimeOffset now) => (Ended(TaskStatuses.Failed, now) with { ErrorMessage = error })
        .Raise(new TaskFailed(taskId, Reference, TaskType, UserId, error, Attempts) { Timestamp = now });

    private TaskState Ended(string status, DateTimeOffset now) => this with
    {
        Status = status,
        LeaseOwner = "",
        LeaseUntil = null,
        CompletedAt = now,
        UpdatedAt = now,
        QueueEpoch = null,
    };

    /// <summary>A handler's text as the table takes it: without NUL or half a character, and not of any length.</summary>
    private static string Storable(string error)
    {
        var text = new System.Text.StringBuilder();
        foreach (var rune in error.EnumerateRunes())
        {
            if (text.Length >= LongestError)
                break;
            text.Append(rune.Value == 0 ? "\uFFFD" : rune.ToString());
        }

        return text.ToString();
    }

    /// <summary><c>TASK</c>, the day, and eight hex digits that the id alone decides, each id's its own until four thousand million tasks.</summary>
    private static string ReferenceOf(long taskId, DateTimeOffset now) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"TASK{now:yyyyMMdd}{unchecked((uint)taskId * 2654435769u):X8}");
}
