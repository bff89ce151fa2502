using System.Diagnostics.Metrics;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains;

/// <summary>What became of attempts at tasks, by <c>task_type</c>.</summary>
internal static class TaskInstruments
{
    private static readonly Meter _meter = new("Airliner.Tasks");

    private static readonly Counter<long> _attempts = _meter.CreateCounter<long>(
        "airliner.tasks.attempts", "{attempt}", "Attempts that have ended, by outcome: completed, failed, cancelled, retried, handed_back, lost.");

    /// <summary>Whoever ran the attempt told its end.</summary>
    /// <param name="task">The task as it is now.</param>
    /// <param name="interrupted">Whether the attempt was handed back.</param>
    public static void Ended(TaskState task, bool interrupted) => Count(task.TaskType, task.Status switch
    {
        TaskStatuses.Completed => "completed",
        TaskStatuses.Failed => "failed",
        TaskStatuses.Cancelled => "cancelled",
        _ => interrupted ? "handed_back" : "retried",
    });

    /// <summary>Nothing was heard of the attempt in time.</summary>
    public static void Lost(TaskState task) => Count(task.TaskType, "lost");

    private static void Count(string taskType, string outcome) =>
        _attempts.Add(1, new KeyValuePair<string, object?>("task_type", taskType), new KeyValuePair<string, object?>("outcome", outcome));
}
