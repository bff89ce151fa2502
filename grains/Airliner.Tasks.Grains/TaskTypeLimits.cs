using Airliner.Tasks.Grains.Lifecycle;

namespace Airliner.Tasks.Grains;

/// <summary>What tasks of one type may use, where their create command does not say.</summary>
internal sealed class TaskTypeLimits
{
    /// <summary>Attempts, at most.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>How long one attempt may run, in seconds.</summary>
    public int TimeoutSeconds { get; set; } = 3600;

    /// <summary>Tasks of the type that run at once, in the whole cluster.</summary>
    public int MaxInFlight { get; set; } = 4 * Environment.ProcessorCount;

    /// <summary>How long to wait between attempts.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>How long a task may wait for each start once it is due; null for as long as it takes.</summary>
    public TimeSpan? StartWithin { get; set; }

    /// <summary>How long after it is first due a task may complete; null for no deadline.</summary>
    public TimeSpan? Deadline { get; set; }
}
