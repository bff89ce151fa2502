using System.Text.Json;

namespace Airliner.Tasks.Grains.Handlers;

/// <summary>Does the work of one task type inside the silo.</summary>
public interface ITaskHandler
{
    /// <summary>The task type that this handler serves, e.g. <c>data_processing</c>.</summary>
    string TaskType { get; }

    /// <summary>Runs one task to its end.</summary>
    /// <returns>The task's <c>result</c>, a JSON object.</returns>
    /// <exception cref="TaskInputException">The task can never succeed with what it was given; it is not tried again.</exception>
    /// <exception cref="TaskTryAgainException">Another attempt may succeed; any other exception counts as one too, but its message stays in the log.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; within a bounded number of rows or bytes.</exception>
    Task<JsonElement> RunAsync(ITaskExecution execution, CancellationToken cancellationToken);
}
