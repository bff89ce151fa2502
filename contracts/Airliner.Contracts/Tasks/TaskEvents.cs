using System.Globalization;
using System.Text.Json.Serialization;
using Airliner.Contracts.Events;

namespace Airliner.Contracts.Tasks;

/// <summary>An event of a task.</summary>
public abstract record TaskEvent(
    [property: JsonPropertyOrder(-1)] long TaskId,
    [property: JsonPropertyOrder(-1)] string TaskReference,
    [property: JsonPropertyOrder(-1)] string TaskType,
    [property: JsonPropertyOrder(-1)] long UserId) : DomainEvent
{
    protected override string RecordKey => TaskId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A task was made and waits for its turn.</summary>
[Event("task_created", Topics.Tasks)]
public sealed record TaskCreated(long TaskId, string TaskReference, string TaskType, long UserId, string Priority)
    : TaskEvent(TaskId, TaskReference, TaskType, UserId);

/// <summary>An attempt began.</summary>
/// <param name="Attempt">Which one, from 1.</param>
/// <param name="RunBy">Who runs it: <c>silo</c>, or the id of a worker outside the cluster.</param>
[Event("task_started", Topics.Tasks)]
public sealed record TaskStarted(long TaskId, string TaskReference, string TaskType, long UserId, int Attempt, string? RunBy = null)
    : TaskEvent(TaskId, TaskReference, TaskType, UserId);

/// <summary>A running task came further; at most once a second.</summary>
/// <param name="Progress">0–100.</param>
[Event("task_progressed", Topics.Tasks)]
public sealed record TaskProgressed(long TaskId, string TaskReference, string TaskType, long UserId, int Progress)
    : TaskEvent(TaskId, TaskReference, TaskType, UserId);

/// <summary>A task succeeded.</summary>
/// <param name="ProcessingTime">Seconds that the last attempt took.</param>
[Event("task_completed", Topics.Tasks)]
public sealed record TaskCompleted(long TaskId, string TaskReference, string TaskType, long UserId, double ProcessingTime)
    : TaskEvent(TaskId, TaskReference, TaskType, UserId);

/// <summary>A task failed for good.</summary>
/// <param name="Attempts">How often it was tried.</param>
[Event("task_failed", Topics.Tasks)]
public sealed record TaskFailed(long TaskId, string TaskReference, string TaskType, long UserId, string ErrorMessage, int Attempts)
    : TaskEvent(TaskId, TaskReference, TaskType, UserId);

/// <summary>A task was cancelled.</summary>
[Event("task_cancelled", Topics.Tasks)]
public sealed record TaskCancelled(long TaskId, string TaskReference, string TaskType, long UserId)
    : TaskEvent(TaskId, TaskReference, TaskType, UserId);

/// <summary>An attempt failed, or its silo was lost, and the task waits for another; or it had failed for good, and was asked to run again.</summary>
/// <param name="Attempt">The attempt that ended.</param>
[Event("task_retried", Topics.Tasks)]
public sealed record TaskRetried(long TaskId, string TaskReference, string TaskType, long UserId, int Attempt, string Reason, DateTimeOffset NextAttemptAt)
    : TaskEvent(TaskId, TaskReference, TaskType, UserId);
