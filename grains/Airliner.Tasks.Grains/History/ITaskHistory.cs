using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.History;

/// <summary>The table of what happened to tasks. Its rows are written by the statement that changes the task.</summary>
internal interface ITaskHistory
{
    /// <summary>The task's history after a sequence, oldest first; null where there is no such task.</summary>
    Task<TaskHistory?> ReadAsync(long taskId, long after, int limit, int offset);
}

/// <summary>Waits for what happens to tasks, whichever silo it happens in.</summary>
internal interface ITaskWatch
{
    /// <summary>Whether the history has more than what is known, or the task has ended or is gone: at once where it is so, else after some seconds of nothing.</summary>
    Task<bool> HasNewsAsync(long taskId, long after);
}
