namespace Airliner.Contracts.Tasks;

/// <summary>A queue tells a task to start.</summary>
/// <param name="Epoch">The queue's own. A start commits only while no other activation of the queue has taken a newer one.</param>
/// <param name="Worker">Who is to run it; null the silo of the task's grain.</param>
/// <param name="TraceParent">The W3C trace context that the attempt belongs to; null where it begins one.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.TaskStart")]
public sealed record TaskStart([property: Id(0)] long Epoch, [property: Id(1)] string? Worker = null, [property: Id(2)] string? TraceParent = null);

/// <summary>Why a task that was told to start did not.</summary>
public enum StartRefusal
{
    /// <summary>It does not wait any more, is not due yet, or can for now not be started where it is. It holds no slot.</summary>
    NotStarted,

    /// <summary>Another activation of the queue has taken a newer epoch. It holds no slot.</summary>
    EpochOver,

    /// <summary>The start's commit failed in a way that leaves open whether it happened: the table will tell.</summary>
    InDoubt,

    /// <summary>Storage refused it, and the task still seems to run, as one whose silo or worker was lost does. It holds its slot.</summary>
    StillLost,
}

/// <summary>The queue of one task type as REST shows it.</summary>
/// <param name="Depth">Tasks that are due and wait: exact up to 10,000, which stands for that many or more.</param>
/// <param name="Later">Tasks whose time is yet to come, counted alike.</param>
/// <param name="InFlight">Tasks that run or are about to stop.</param>
/// <param name="Limit">Tasks of the type that may run at once, in the whole cluster.</param>
/// <param name="OldestWait">Seconds for which the task has been due that waits longest; null where none waits.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.TaskQueueView")]
public sealed record TaskQueueView(
    [property: Id(0)] string TaskType,
    [property: Id(1)] long Depth,
    [property: Id(2)] long Later,
    [property: Id(3)] long InFlight,
    [property: Id(4)] int Limit,
    [property: Id(5)] double? OldestWait)
{
    /// <summary>Counting stops here, so that the answer costs the same however long a queue is.</summary>
    public const int CountedAtMost = 10_000;
}
