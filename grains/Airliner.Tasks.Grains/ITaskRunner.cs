namespace Airliner.Tasks.Grains;

/// <summary>Who takes leases and runs attempts: this silo, or a worker outside.</summary>
internal interface ILeaseOwner
{
    /// <summary>As the lease has it: <see cref="Contracts.Tasks.LeaseNames"/>.</summary>
    string Name { get; }

    /// <summary>Whether attempts at tasks of the type can be started there.</summary>
    bool CanRun(string taskType);

    /// <summary>Starts the attempt in the background; its progress and its end are reported to the task's grain.</summary>
    void Run(TaskAttempt attempt);

    /// <summary>Tells whoever runs the attempt to stop. It may not hear of it, and then does at its next sign of life.</summary>
    void Cancel(long taskId, int attempt);
}

/// <summary>Runs attempts in this silo, outside the grains' turns. None can be started once it has begun to stop.</summary>
internal interface ITaskRunner : ILeaseOwner
{
    /// <summary>Whether tasks of the type are run by the silos themselves, and not by workers.</summary>
    bool Handles(string taskType);

    /// <summary>Whether the attempt runs here, or what it came to is still to be told.</summary>
    bool Runs(long taskId, int attempt);
}

/// <summary>One attempt to run.</summary>
/// <param name="Number">Which attempt, from 1.</param>
/// <param name="Parameters">A JSON object.</param>
/// <param name="Timeout">How long it may run.</param>
/// <param name="Deadline">When that time is over.</param>
/// <param name="LeaseUntil">Until when its lease holds without a sign of life.</param>
internal sealed record TaskAttempt(
    long TaskId, int Number, string TaskType, long UserId, string Parameters, TimeSpan Timeout, DateTimeOffset Deadline, DateTimeOffset LeaseUntil)
{
    /// <summary>The W3C trace context of its start.</summary>
    public string? TraceParent { get; init; }
}
