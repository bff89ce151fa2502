using Orleans.Concurrency;

namespace Airliner.Contracts.Tasks;

/// <summary>One task's life. Key: the task's id.</summary>
[Alias("airliner.ITaskGrain")]
public interface ITaskGrain : IGrainWithIntegerKey
{
    /// <summary>The task, null where there is none.</summary>
    [ReadOnly]
    [Alias("Get")]
    Task<TaskView?> Get();

    /// <summary>Cancels the task: at once when it waits, as soon as its handler lets go when it runs.</summary>
    [Alias("Cancel")]
    Task<CancelResult> Cancel(Caller caller);

    /// <summary>
    /// Cancels the task where it has not ended, and clears what its user put into it and got out of it: parameters, result, error. It can be repeated.
    /// </summary>
    [Alias("Erase")]
    Task Erase();

    /// <summary>Takes the slot that the queue has reserved and runs the task. Answers through <see cref="ITaskQueueGrain.Released"/>.</summary>
    [OneWay]
    [Alias("Start")]
    Task Start();

    /// <summary>The running handler's progress, 0–100.</summary>
    [OneWay]
    [Alias("Progress")]
    Task Progress(int attempt, int percent);

    /// <summary>The running handler's end. An attempt that is no longer the running one is ignored.</summary>
    [Alias("Finish")]
    Task Finish(int attempt, AttemptResult result);

    /// <summary>The running handler lives: its lease is prolonged.</summary>
    [Alias("Renew")]
    Task<bool> Renew(int attempt);
}

/// <summary>Makes tasks. Any key: a caller that has many to make spreads them over a few.</summary>
[Alias("airliner.ITaskCreationGrain")]
public interface ITaskCreationGrain : IGrainWithIntegerKey
{
    /// <summary>Makes the task. The same command again answers the same task, which may have another id.</summary>
    [Alias("Create")]
    Task<TaskView> Create(long taskId, CreateTask command);
}

/// <summary>What of one type is due next. Key: the task type.</summary>
[Alias("airliner.ITaskQueueGrain")]
public interface ITaskQueueGrain : IGrainWithStringKey
{
    /// <summary>A task is due, or will be soon. May be lost: the queue finds it in the table.</summary>
    [OneWay]
    [Alias("Hint")]
    Task Hint(QueuedTask task);

    /// <summary>Tasks of a batch are due, or will be soon: one call for all of them. May be lost, as a hint may.</summary>
    [OneWay]
    [Alias("HintMany")]
    Task HintMany(IReadOnlyList<QueuedTask> tasks);

    /// <summary>A task no longer holds its slot.</summary>
    [OneWay]
    [Alias("Released")]
    Task Released(long taskId);

    /// <summary>Makes sure that the queue is awake, as each task silo does at its start and from time to time.</summary>
    [OneWay]
    [Alias("Wake")]
    Task Wake();
}

/// <summary>Lists of tasks. Any key.</summary>
[Alias("airliner.ITaskQueriesGrain")]
public interface ITaskQueriesGrain : IGrainWithIntegerKey
{
    [Alias("List")]
    Task<Page<TaskView>> List(TaskFilter filter, PageRequest page);
}

/// <summary>The ids of tasks and files.</summary>
[Alias("airliner.ITaskIdBlocks")]
public interface ITaskIdBlocks : Records.IIdBlocks;
