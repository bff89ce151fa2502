using Airliner.Contracts;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains;

/// <summary>What the grains know of their store.</summary>
internal static class TasksStorage
{
    /// <summary>The service, as its database and relay are keyed by.</summary>
    public const string Service = "tasks";

    /// <summary>The table of tasks.</summary>
    public const string Tasks = "tasks";

    /// <summary>The table of files.</summary>
    public const string Files = "files";

    /// <summary>The rule of the table of files that refuses one which a user's quota has no room for.</summary>
    public const string FilesQuota = "files_quota";

    /// <summary>The table of what happened to tasks.</summary>
    public const string TaskHistory = "task_history";

    /// <summary>The rule that a task starts only under the newest epoch of its queue.</summary>
    public const string QueueEpochs = "task_queues_epoch";

    /// <summary>The table of groups of tasks.</summary>
    public const string Groups = "task_groups";

    /// <summary>The table of cron schedules.</summary>
    public const string Schedules = "schedules";
}

/// <summary>The table of tasks, for what is done without activating a task's grain.</summary>
internal interface ITaskTable
{
    /// <summary>Inserts a new task with its events; ends when it is durable.</summary>
    /// <exception cref="Orleans.Storage.InconsistentStateException">It is there already, or whether it is now is not known.</exception>
    /// <exception cref="Contracts.Records.UniqueViolationException">The command, which an idempotency key stands for, has made a task already.</exception>
    Task CreateAsync(long taskId, TaskState task);

    /// <summary>The task as it stands in the table, null where there is none.</summary>
    Task<TaskState?> FindAsync(long taskId);

    /// <summary>The task that a command has made which an idempotency key stands for, null where there is none.</summary>
    Task<(long TaskId, TaskState Task)?> FindByCommandAsync(string commandId);
}

/// <summary>The table of files, for what is found otherwise than by its id.</summary>
internal interface IFileTable
{
    /// <summary>The file that a command has made which an idempotency key stands for, null where there is none.</summary>
    Task<FileView?> FindByCommandAsync(string commandId);

    /// <summary>A user's files, or everybody's.</summary>
    Task<Page<FileView>> ListAsync(long? userId, PageRequest page);

    /// <summary>What a user's files take of the quota.</summary>
    Task<FileUsage> UsageAsync(long userId);
}

/// <summary>Reads many tasks of the table at once.</summary>
internal interface ITaskIndex
{
    Task<Page<TaskView>> ListAsync(TaskFilter filter, PageRequest page);
}

/// <summary>A running task's lease.</summary>
/// <param name="Owner">Who runs it, as <see cref="LeaseNames"/> has it.</param>
/// <param name="Attempt">Which attempt runs.</param>
internal readonly record struct TaskLease(long TaskId, string Owner, DateTimeOffset Until, long UserId, int Attempt);

/// <summary>Which silos live.</summary>
internal interface ISiloLiveness
{
    /// <summary>This silo, address and generation.</summary>
    string Self { get; }

    /// <summary>Whether a lease's owner may live still: a silo does until it is declared dead, of a worker the lease's time alone tells.</summary>
    bool IsAlive(string owner);
}
