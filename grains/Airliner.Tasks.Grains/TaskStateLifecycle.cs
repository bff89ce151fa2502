using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains;

// By when a task has to start and to end, and how it comes back after it has failed.
internal sealed partial record TaskState
{
    /// <summary>Attempts that do not count: those of before its last retry, and those that whoever ran them gave back.</summary>
    public int UncountedAttempts { get; init; }

    /// <summary>How long it may wait for each start once it is due; null for as long as it takes.</summary>
    public int? StartWithinSeconds { get; init; }

    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The command of its last retry: a repeat of it is recognised.</summary>
    public string RetryCommandId { get; init; } = "";

    /// <summary>Attempts begun, of those that count.</summary>
    public int CountedAttempts => Attempts - UncountedAttempts;

    /// <summary>When a pending task is too late to start, null where it never is.</summary>
    public DateTimeOffset? ExpiresAt => StartBy is { } startBy && !(Deadline < startBy) ? startBy : Deadline;

    private DateTimeOffset? StartBy => StartWithinSeconds is { } seconds ? DueAt.AddSeconds(seconds) : null;

    /// <summary>How long an attempt that begins now may run: as long as any, or what is left to the deadline.</summary>
    public TimeSpan TimeToRun(DateTimeOffset now) =>
        Deadline - now is { } left && left < TimeSpan.FromSeconds(TimeoutSeconds) ? left : TimeSpan.FromSeconds(TimeoutSeconds);

    /// <summary>It waited for its start until it was too late.</summary>
    public TaskState Expired(long taskId, DateTimeOffset now)
    {
        var reason = ExpiresAt == Deadline
            ? $"It did not start before its deadline, {Text(Deadline)}."
            : $"It did not start within {StartWithinSeconds} seconds of being due.";
        return Failed(taskId, ErrorMessage is null ? reason : $"{ErrorMessage} {reason}", now);
    }

    /// <summary>It failed, and runs again: its attempts count on, and it may have as many more as it had at first.</summary>
    public TaskState Retried(long taskId, string commandId, DateTimeOffset now)
    {
        var pending = this with
        {
            Status = TaskStatuses.Pending,
            Progress = 0,
            ErrorMessage = null,
            UncountedAttempts = Attempts,
            RetryCommandId = commandId,
            DueAt = now,
            CompletedAt = null,
            UpdatedAt = now,
        };
        return pending.Raise(new TaskRetried(taskId, Reference, TaskType, UserId, Attempts, "It was asked to run again.", now) { Timestamp = now });
    }

    private static string Text(DateTimeOffset? time) => time is { } at ? System.Text.Encoding.ASCII.GetString(Rfc3339.Utf8(at)) : "";
}
