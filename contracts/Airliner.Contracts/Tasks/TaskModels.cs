using System.Text.Json.Serialization;

namespace Airliner.Contracts.Tasks;

/// <summary>A task to make, validated by the gateway.</summary>
/// <param name="CommandId">Names the command: a repeat with the same id is the same task.</param>
/// <param name="Parameters">A JSON object, for the type's handler.</param>
/// <param name="RunAt">Not before then; null at once.</param>
/// <param name="MaxAttempts">How often it may be tried; null the type's own number.</param>
/// <param name="TimeoutSeconds">How long one attempt may run, in seconds; null the type's own limit.</param>
/// <param name="StartWithinSeconds">How long the task may wait for each start once it is due, in seconds, 1 to <see cref="TaskBounds.LongestStartWithinSeconds"/>; null the type's own limit.</param>
/// <param name="Deadline">Whatever has not completed by then fails for good; null the type's own, counted from the create.</param>
/// <param name="GroupId">The group of tasks that it is in, null for none.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CreateTask")]
public sealed record CreateTask(
    [property: Id(0)] string CommandId,
    [property: Id(1)] long UserId,
    [property: Id(2)] string TaskType,
    [property: Id(3)] string Priority,
    [property: Id(4)] string Parameters,
    [property: Id(5)] DateTimeOffset? RunAt = null,
    [property: Id(6)] int? MaxAttempts = null,
    [property: Id(7)] int? TimeoutSeconds = null,
    [property: Id(8)] int? StartWithinSeconds = null,
    [property: Id(9)] DateTimeOffset? Deadline = null,
    [property: Id(10)] string? GroupId = null);

/// <summary>A task as REST shows one.</summary>
/// <param name="Parameters">JSON.</param>
/// <param name="Result">JSON, or null.</param>
/// <param name="ProcessingTime">Seconds from the last start to the end.</param>
/// <param name="Deadline">When it fails for good unless it has completed; null for none.</param>
/// <param name="StartWithinSeconds">How long it may wait for a start once it is due; null for as long as it takes.</param>
/// <param name="GroupId">The group that it was made in, null for none.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.TaskView")]
public sealed record TaskView(
    [property: Id(0)] long TaskId,
    [property: Id(1)] string TaskReference,
    [property: Id(2)] string TaskType,
    [property: Id(3)] long UserId,
    [property: Id(4)] string Priority,
    [property: Id(5)] string Status,
    [property: Id(6)] int Progress,
    [property: Id(7), JsonConverter(typeof(RawJson))] string Parameters,
    [property: Id(8), JsonConverter(typeof(RawJson))] string? Result,
    [property: Id(9)] string? ErrorMessage,
    [property: Id(10)] int Attempts,
    [property: Id(11)] double? ProcessingTime,
    [property: Id(12)] DateTimeOffset CreatedAt,
    [property: Id(13)] DateTimeOffset? StartedAt,
    [property: Id(14)] DateTimeOffset? CompletedAt,
    [property: Id(15)] DateTimeOffset UpdatedAt,
    [property: Id(16)] DateTimeOffset? RunAt,
    [property: Id(17)] DateTimeOffset? NextAttemptAt,
    [property: Id(20)] DateTimeOffset? Deadline = null,
    [property: Id(21)] int? StartWithinSeconds = null,
    [property: Id(22)] string? GroupId = null);

/// <summary>What a task's status may be.</summary>
public static class TaskStatuses
{
    public const string Pending = "pending";
    public const string Processing = "processing";
    public const string Cancelling = "cancelling";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    public static IReadOnlyList<string> All { get; } = [Pending, Processing, Cancelling, Completed, Failed, Cancelled];

    public static bool HasEnded(string status) => status is Completed or Failed or Cancelled;
}

/// <summary>How soon a task runs among those that are due.</summary>
public static class Priorities
{
    public const string Low = "low";
    public const string Medium = "medium";
    public const string High = "high";
    public const string Critical = "critical";

    public static IReadOnlyList<string> All { get; } = [Low, Medium, High, Critical];

    /// <summary>By how much a task is taken to be older than it is: the order of the queue is the due time less this.</summary>
    public static TimeSpan Boost(string priority) => priority switch
    {
        Critical => TimeSpan.FromHours(1),
        High => TimeSpan.FromMinutes(10),
        Medium => TimeSpan.FromMinutes(1),
        _ => TimeSpan.Zero,
    };
}

/// <summary>The task types that the task silo runs itself.</summary>
public static class TaskTypes
{
    public const string DataProcessing = "data_processing";
    public const string FileUpload = "file_upload";
    public const string ReportGeneration = "report_generation";
    public const string DataExport = "data_export";
    public const string ImageProcessing = "image_processing";

    public const string Default = DataProcessing;

    public static IReadOnlyList<string> All { get; } = [DataProcessing, FileUpload, ReportGeneration, DataExport, ImageProcessing];
}

/// <summary>How a cancel ended.</summary>
public enum CancelOutcome
{
    /// <summary>It never ran, and will not.</summary>
    Cancelled,

    /// <summary>It runs, and was told to stop.</summary>
    Cancelling,

    /// <summary>It had ended before.</summary>
    HasEnded,

    /// <summary>No such task, or one that the caller may not know of.</summary>
    NotFound,
}

[GenerateSerializer]
[Immutable]
[Alias("airliner.CancelResult")]
public sealed record CancelResult([property: Id(0)] CancelOutcome Outcome, [property: Id(1)] string TaskReference = "", [property: Id(2)] string Status = "");

/// <summary>How one attempt ended.</summary>
/// <param name="Result">The result as JSON where it succeeded.</param>
/// <param name="Error">Why it failed, or what whoever hands it back has no room for, for the task's owner to read.</param>
/// <param name="Retry">Whether another attempt may succeed.</param>
/// <param name="Interrupted">Whether whoever ran it hands it back; it does not count as tried.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.AttemptResult")]
public sealed record AttemptResult(
    [property: Id(0)] string? Result = null,
    [property: Id(1)] string? Error = null,
    [property: Id(2)] bool Retry = false,
    [property: Id(3)] bool Interrupted = false);

/// <summary>A task as its queue knows it.</summary>
/// <param name="Order">When it is its turn: its due time less its priority's boost.</param>
/// <param name="Attempts">Attempts begun so far.</param>
/// <param name="TraceParent">The W3C trace context of what made it due, where the queue was told of that; a task that was found in the table has none.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.QueuedTask")]
public readonly record struct QueuedTask(
    [property: Id(0)] long TaskId,
    [property: Id(1)] long UserId,
    [property: Id(2)] DateTimeOffset DueAt,
    [property: Id(3)] DateTimeOffset Order,
    [property: Id(4)] int Attempts = 0,
    [property: Id(5)] string? TraceParent = null);

/// <summary>Which tasks a list shows; what is null does not matter.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.TaskFilter")]
public sealed record TaskFilter(
    [property: Id(0)] long? UserId = null,
    [property: Id(1)] string? Status = null,
    [property: Id(2)] string? TaskType = null,
    [property: Id(3)] string? Priority = null,
    [property: Id(4)] DateTimeOffset? CreatedAfter = null,
    [property: Id(5)] DateTimeOffset? CreatedBefore = null);
