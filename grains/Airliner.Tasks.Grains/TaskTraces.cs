using System.Diagnostics;

namespace Airliner.Tasks.Grains;

/// <summary>Spans of a task's attempts. A start comes from the queue, long after the request that made the task, and yet belongs to its trace.</summary>
internal static class TaskTraces
{
    private static readonly ActivitySource _source = new("Airliner.Tasks");

    /// <summary>Begins the span of a start; it ends with the attempt's first step.</summary>
    /// <param name="traceParent">What made the task due; null: the call that starts it.</param>
    public static Activity? Start(long taskId, string taskType, string? traceParent) => Begin("start task", taskId, taskType, traceParent);

    /// <summary>Begins the span of an attempt in this silo, from its first step to its end.</summary>
    public static Activity? Run(TaskAttempt attempt) =>
        Begin("run task", attempt.TaskId, attempt.TaskType, attempt.TraceParent)?.SetTag("airliner.task.attempt", attempt.Number);

    private static Activity? Begin(string name, long taskId, string taskType, string? traceParent)
    {
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        return _source.StartActivity(name, ActivityKind.Internal, parent)?.SetTag("airliner.task.id", taskId).SetTag("airliner.task.type", taskType);
    }
}
