using Airliner.Tasks.Grains.Lifecycle;

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

    /// <summary>Tasks of the type that run at once of one user; null for what <see cref="MostOfUser"/> says.</summary>
    public int? MaxInFlightPerUser { get; set; }

    /// <summary>Tasks of the type that run at once.</summary>
    /// <param name="inSilo">Whether the silos run them.</param>
    public int Most(bool inSilo) => inSilo ? MaxInFlight : MaxInFlightAtWorkers;

    /// <summary>
    /// Tasks of the type that run at once of one user. By default all slots but one, so that another user's first task does not wait for the end of a long one;
    /// all where the silos have fewer than four, or workers run the type.
    /// </summary>
    /// <param name="inSilo">Whether the silos run them.</param>
    public int MostOfUser(bool inSilo) => MaxInFlightPerUser ?? (inSilo && MaxInFlight >= 4 ? MaxInFlight - 1 : Most(inSilo));

    /// <summary>How long whoever runs a task may be silent about it before another takes it.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait between attempts.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>How long a task may wait for each start once it is due; null for as long as it takes.</summary>
    public TimeSpan? StartWithin { get; set; }

    /// <summary>How long after it is first due a task may complete; null for no deadline.</summary>
    public TimeSpan? Deadline { get; set; }
}
