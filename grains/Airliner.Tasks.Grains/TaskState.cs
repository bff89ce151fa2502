using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains;

/// <summary>A task as stored, and the rules of its life.</summary>
internal sealed record TaskState : Record
{
    private const int LongestError = 4000;
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

    /// <summary>The silo that runs it, address and generation; empty when none does.</summary>
    public string LeaseOwner { get; init; } = "";

    /// <summary>Until when the lease holds without a sign of life.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

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

    public QueuedTask Queued(long taskId) => new(taskId, UserId, DueAt, QueueOrder);

    public static TaskState Created(long taskId, CreateTask command, TaskTypeLimits limits, DateTimeOffset now)
    {
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
            DueAt = command.RunAt?.ToMicroseconds() is { } runAt && runAt > now ? runAt : now,
            CreatedAt = now,
            UpdatedAt = now,
            GroupId = command.GroupId,
        };
        return state.Raise(new TaskCreated(taskId, state.Reference, state.TaskType, state.UserId, state.Priority) { Timestamp = now });
    }

    /// <summary>The next attempt begins.</summary>
    public TaskState Started(long taskId, string silo, TimeSpan lease, DateTimeOffset now)
    {
        var next = this with
        {
            Status = TaskStatuses.Processing,
            Attempts = Attempts + 1,
            Progress = 0,
            ErrorMessage = null,
            LeaseOwner = silo,
            LeaseUntil = now + lease,
            StartedAt = now,
            UpdatedAt = now,
        };
        return next.Raise(new TaskStarted(taskId, Reference, TaskType, UserId, next.Attempts) { Timestamp = now });
    }

    public TaskState Progressed(long taskId, int percent, DateTimeOffset now) => (this with { Progress = percent, UpdatedAt = now })
        .Raise(new TaskProgressed(taskId, Reference, TaskType, UserId, percent) { Timestamp = now });

    public TaskState Renewed(TimeSpan lease, DateTimeOffset now) => this with { LeaseUntil = now + lease };

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

    public TaskState Completed(long taskId, string result, DateTimeOffset now)
    {
        var next = Ended(TaskStatuses.Completed, now) with { Result = result, Progress = 100 };
        return next.Raise(new TaskCompleted(taskId, Reference, TaskType, UserId, next.ProcessingSeconds ?? 0) { Timestamp = now });
    }

    /// <summary>An attempt failed: another follows after <paramref name="wait"/> while it may help and attempts are left.</summary>
    public TaskState AttemptFailed(long taskId, string error, bool retry, TimeSpan wait, DateTimeOffset now)
    {
        error = Storable(error);
        if (!retry || Attempts >= MaxAttempts)
        {
            var failed = Ended(TaskStatuses.Failed, now) with { ErrorMessage = error };
            return failed.Raise(new TaskFailed(taskId, Reference, TaskType, UserId, error, Attempts) { Timestamp = now });
        }

        return Waiting(taskId, error, now + wait, now);
    }

    /// <summary>The silo stops and gives the task back. The attempt was not the task's fault, so it may have one more.</summary>
    public TaskState HandedBack(long taskId, DateTimeOffset now) =>
        (this with { MaxAttempts = MaxAttempts + 1 }).Waiting(taskId, "The silo that ran the task was stopped.", now, now);

    public TaskView View(long taskId) => new(
        taskId, Reference, TaskType, UserId, Priority, Status, Progress, Parameters, Result, ErrorMessage, Attempts, ProcessingSeconds,
        CreatedAt, StartedAt, CompletedAt, UpdatedAt, RunAt, Status == TaskStatuses.Pending && Attempts > 0 ? DueAt : null, GroupId);

    private double? ProcessingSeconds => CompletedAt is { } end && StartedAt is { } start ? (end - start).TotalSeconds : null;

    private TaskState Waiting(long taskId, string reason, DateTimeOffset dueAt, DateTimeOffset now)
    {
        var pending = this with
        {
            Status = TaskStatuses.Pending,
            ErrorMessage = reason,
            DueAt = dueAt,
            LeaseOwner = "",
            LeaseUntil = null,
            UpdatedAt = now,
        };
        return pending.Raise(new TaskRetried(taskId, Reference, TaskType, UserId, Attempts, reason, dueAt) { Timestamp = now });
    }

    private TaskState Ended(string status, DateTimeOffset now) => this with
    {
        Status = status,
        LeaseOwner = "",
        LeaseUntil = null,
        CompletedAt = now,
        UpdatedAt = now,
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
