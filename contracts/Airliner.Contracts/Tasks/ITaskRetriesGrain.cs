namespace Airliner.Contracts.Tasks;

/// <summary>Has many failed tasks run again. Any key.</summary>
[Alias("airliner.ITaskRetriesGrain")]
public interface ITaskRetriesGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Retries failed tasks that pass the filter, the newest first. It can be repeated, and run at the same time as another: each task decides for itself, and
    /// is retried once.
    /// </summary>
    /// <param name="filter">Its status does not matter.</param>
    /// <param name="limit">How many at most, from 1 to <see cref="RetriedTasks.Most"/>.</param>
    /// <param name="commandId">The command, for each of the tasks.</param>
    [Alias("RetryFailed")]
    Task<RetriedTasks> RetryFailed(Caller caller, TaskFilter filter, int limit, string commandId);
}

/// <summary>How a retry of one task ended.</summary>
public enum RetryOutcome
{
    /// <summary>It waits for its next attempt.</summary>
    Retried,

    /// <summary>It has not failed.</summary>
    HasNotFailed,

    /// <summary>It has a deadline that has passed.</summary>
    DeadlineHasPassed,

    /// <summary>Its user was deleted, and with the user what it ran with.</summary>
    UserWasErased,

    /// <summary>No such task, or one that the caller may not know of.</summary>
    NotFound,
}

/// <param name="Task">The task as it is now, null where it was not found.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RetryResult")]
public sealed record RetryResult([property: Id(0)] RetryOutcome Outcome, [property: Id(1)] TaskView? Task = null);

/// <summary>What a retry of many tasks has done.</summary>
/// <param name="Retried">How many were retried.</param>
/// <param name="Left">How many failed tasks pass the filter still, and can be retried; exact up to <see cref="Page{T}.CountedAtMost"/>.</param>
/// <param name="LeftIsEstimate">Whether <paramref name="Left"/> is an estimate.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RetriedTasks")]
public sealed record RetriedTasks([property: Id(0)] int Retried, [property: Id(1)] long Left, [property: Id(2)] bool LeftIsEstimate = false)
{
    /// <summary>Tasks that one call retries at most.</summary>
    public const int Most = 1000;
}
