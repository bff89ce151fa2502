using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Queues;

/// <summary>What the queues read of the table of tasks, each time no more than a bound, and the rows of their epochs.</summary>
internal interface IQueueTable
{
    /// <summary>Takes the next epoch of a type's queue. No start under an earlier one commits any more, and every one that did is seen by whoever reads from now on.</summary>
    Task<long> TakeEpochAsync(string taskType);

    /// <summary>The same, for the activation that has the epoch <paramref name="from"/>.</summary>
    /// <returns>The next epoch; null where another activation has taken it.</returns>
    Task<long?> AdvanceEpochAsync(string taskType, long from);

    /// <summary>The tasks of a type that hold a slot, and its queue's epoch then.</summary>
    Task<RunningTasks> FindRunningAsync(string taskType);

    /// <summary>Some pending tasks that are due: the most urgent of all, and the first ones of some users.</summary>
    Task<DuePage> FindDueAsync(DueQuery query);

    /// <summary>How long the queues are, by type; of one type where it is named.</summary>
    Task<IReadOnlyList<QueueSize>> MeasureAsync(DateTimeOffset now, string? taskType = null);
}

/// <param name="Epoch">The newest; 0 where none was taken.</param>
internal sealed record RunningTasks(long Epoch, IReadOnlyList<TaskLease> Leases);

/// <summary>Which due tasks a queue looks for.</summary>
/// <param name="Until">Due until then.</param>
/// <param name="After">Where the last page of users ended; null from the first on.</param>
/// <param name="Rows">About how many, shared evenly by the users of the page; each has at least one of each priority.</param>
/// <param name="Except">Tasks to pass over.</param>
internal sealed record DueQuery(string TaskType, DateTimeOffset Until, UserPriority? After, int Rows, long[] Except);

/// <summary>The tasks of one priority that one user has: what the table is read by.</summary>
internal readonly record struct UserPriority(long UserId, string Priority);

/// <param name="Last">Where the next page begins; null at the end.</param>
/// <param name="HasMore">Whether the table may have more that is due than this page has.</param>
internal sealed record DuePage(IReadOnlyList<QueuedTask> Tasks, UserPriority? Last, bool HasMore);

/// <summary>How long a queue is; depth and later are counted up to <see cref="TaskQueueView.CountedAtMost"/>.</summary>
/// <param name="OldestDueAt">Since when the task is due that waits longest.</param>
internal sealed record QueueSize(string TaskType, long Depth, long Later, long InFlight, DateTimeOffset? OldestDueAt)
{
    public TaskQueueView View(TaskLimits limits, DateTimeOffset now) => new(
        TaskType, Depth, Later, InFlight, limits.Of(TaskType).Most(TaskTypes.All.Contains(TaskType)), OldestDueAt is { } since ? Math.Max(0, (now - since).TotalSeconds) : null);
}
