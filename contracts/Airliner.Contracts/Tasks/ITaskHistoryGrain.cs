namespace Airliner.Contracts.Tasks;

/// <summary>Reads what happened to tasks, now or as it happens. Any key: a caller with many streams spreads them over a few.</summary>
[Alias("airliner.ITaskHistoryGrain")]
public interface ITaskHistoryGrain : IGrainWithIntegerKey
{
    /// <summary>A task's history after a sequence, null where there is no such task.</summary>
    /// <param name="after">Only what has a higher sequence; 0 from the first on.</param>
    /// <param name="limit">How many facts, 1–200.</param>
    /// <param name="offset">How many to pass over.</param>
    [Alias("Read")]
    Task<TaskHistory?> Read(long taskId, long after, int limit, int offset);

    /// <summary>The same as soon as there is anything to read, or the task has ended or is gone; null where nothing happened for some seconds.</summary>
    [ResponseTimeout("00:00:08")]
    [Alias("Wait")]
    Task<TaskNews?> Wait(long taskId, long after);
}

/// <summary>Something that happened to a task.</summary>
/// <param name="Sequence">Counts the task's own events from 1: the event's <c>ce_sequence</c>. A history may lack some, never the order.</param>
/// <param name="Event">The event as it is published: JSON.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.TaskFact")]
public readonly record struct TaskFact([property: Id(0)] long Sequence, [property: Id(1)] string Event);

/// <summary>A task's history, or part of it, at one moment.</summary>
/// <param name="UserId">Whose task it is.</param>
/// <param name="HasEnded">Whether nothing more happens, unless somebody has the task run again.</param>
/// <param name="Facts">Oldest first.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.TaskHistory")]
public sealed record TaskHistory([property: Id(0)] long UserId, [property: Id(1)] bool HasEnded, [property: Id(2)] Page<TaskFact> Facts);

/// <summary>What a wait has found.</summary>
/// <param name="History">Null where the task is gone.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.TaskNews")]
public sealed record TaskNews([property: Id(0)] TaskHistory? History);
