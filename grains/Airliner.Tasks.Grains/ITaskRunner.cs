namespace Airliner.Tasks.Grains;

/// <summary>Runs attempts in this silo, outside the grains' turns.</summary>
internal interface ITaskRunner
{
    /// <summary>Whether attempts can be started here: not once the silo has begun to stop.</summary>
    bool IsOpen { get; }

    /// <summary>Starts the attempt in the background; it reports its progress and its end to the task's grain.</summary>
    void Run(TaskAttempt attempt);

    /// <summary>Tells the task's handler to stop, where it runs here.</summary>
    void Cancel(long taskId);
}

/// <summary>One attempt to run.</summary>
/// <param name="Number">Which attempt, from 1.</param>
/// <param name="Parameters">A JSON object.</param>
/// <param name="Timeout">How long it may run.</param>
internal sealed record TaskAttempt(long TaskId, int Number, string TaskType, long UserId, string Parameters, TimeSpan Timeout);
