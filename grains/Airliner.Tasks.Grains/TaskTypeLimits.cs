namespace Airliner.Tasks.Grains;

/// <summary>What tasks of one type may use, where their create command does not say.</summary>
internal sealed class TaskTypeLimits
{
    /// <summary>Attempts, at most.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>How long one attempt may run, in seconds.</summary>
    public int TimeoutSeconds { get; set; } = 3600;

    /// <summary>Tasks of the type that run at once, in the whole cluster, where the silos run them.</summary>
    public int MaxInFlight { get; set; } = 4 * Environment.ProcessorCount;

    /// <summary>The same where workers run them, each of which says besides how many it takes.</summary>
    public int MaxInFlightAtWorkers { get; set; } = 10_000;

    /// <summary>How long whoever runs a task may be silent about it before another takes it.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait before attempt <paramref name="attempt"/> + 1: from a second, doubling to five minutes, up to half longer by chance.</summary>
    public static TimeSpan Backoff(int attempt) =>
        TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, attempt - 1)) * (1 + (Random.Shared.NextDouble() / 2)));
}
