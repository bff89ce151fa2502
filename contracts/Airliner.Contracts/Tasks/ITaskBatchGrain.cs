namespace Airliner.Contracts.Tasks;

/// <summary>Makes many tasks at once, without activating a grain for each. Any key: callers spread their batches over a few.</summary>
[Alias("airliner.ITaskBatchGrain")]
public interface ITaskBatchGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Makes the tasks in one transaction: all of them, or none. The same batch again answers the same tasks, which may have other ids; those of its commands that
    /// have made none yet then do.
    /// </summary>
    /// <returns>The task of each command, in their order; null where its user was deleted, which keeps none of the others back.</returns>
    [ResponseTimeout("00:00:20")]
    [Alias("Create")]
    Task<IReadOnlyList<TaskView?>> Create(CreateTaskBatch batch);
}

/// <summary>Tasks to make together, validated by the gateway.</summary>
/// <param name="Tasks">At most <see cref="Most"/>; no id and no command twice.</param>
/// <param name="Group">The group that they are in, which their commands name; null for none.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CreateTaskBatch")]
public sealed record CreateTaskBatch([property: Id(0)] IReadOnlyList<BatchedTask> Tasks, [property: Id(1)] CreateTaskGroup? Group = null)
{
    /// <summary>Tasks in one batch, at most.</summary>
    public const int Most = 1000;
}

/// <summary>One task of a batch, under the id that was taken for it.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.BatchedTask")]
public readonly record struct BatchedTask([property: Id(0)] long TaskId, [property: Id(1)] CreateTask Command);
