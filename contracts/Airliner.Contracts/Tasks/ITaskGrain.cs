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

    /// <summary>Has a task that failed for good run again, with as many attempts as it had at first.</summary>
    /// <param name="commandId">A repeat of the task's last retry is answered as the first one was.</param>
    [Alias("Retry")]
    Task<RetryResult> Retry(Caller caller, string commandId);

    /// <summary>Fails the task for good where it waits and is too late to start; the task decides by its own limits.</summary>
    [Alias("Expire")]
    Task Expire();

    /// <summary>
    /// Cancels the task where it has not ended, and clears what its user put into it and got out of it: parameters, result, error. It can be repeated.
    /// </summary>
    [Alias("Erase")]
    Task Erase();

    /// <summary>
    /// Takes the slot that the queue has reserved and runs the task. Answers through <see cref="ITaskQueueGrain.Released"/> when it has ended, or through
    /// <see cref="ITaskQueueGrain.NotStarted"/>.
    /// </summary>
    [OneWay]
    [Alias("Start")]
    Task Start(TaskStart start);

    /// <summary>How far the attempt is, 0–100. Kept at most once a second.</summary>
    [Alias("Progress")]
    Task<LeaseOutcome> Progress(LeaseClaim lease, int percent);

    /// <summary>
    /// The attempt's end. That of a lease which is not held is refused, and so is a result after the task's deadline, which fails it for good; one that is told again is the
    /// same end.
    /// </summary>
    [Alias("Finish")]
    Task<LeaseOutcome> Finish(LeaseClaim lease, AttemptResult result);

    /// <summary>Whoever runs the attempt lives: the lease is prolonged, unless the task is to be stopped or has had its time.</summary>
    [Alias("Renew")]
    Task<LeaseOutcome> Renew(LeaseClaim lease);
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

    /// <summary>An attempt has ended, and its task no longer holds a slot.</summary>
    /// <param name="attempt">Which attempt: one that is told late must not take the slot of the next.</param>
    [OneWay]
    [Alias("Released")]
    Task Released(long taskId, int attempt);

    /// <summary>A task that was told to start under that epoch did not.</summary>
    [OneWay]
    [Alias("NotStarted")]
    Task NotStarted(long taskId, long epoch, StartRefusal reason);

    /// <summary>A worker outside can run so many tasks of the type. May be lost: it is repeated.</summary>
    [OneWay]
    [Alias("Offer")]
    Task Offer(WorkerOffer offer);

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

    /// <summary>The queues of all task types, by type.</summary>
    [Alias("Queues")]
    Task<IReadOnlyList<TaskQueueView>> Queues();
}

/// <summary>The ids of tasks and files.</summary>
[Alias("airliner.ITaskIdBlocks")]
public interface ITaskIdBlocks : Records.IIdBlocks;
