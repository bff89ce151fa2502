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

    /// <summary>The pending tasks of a type that are due or soon will be, those whose turn is first.</summary>
    Task<IReadOnlyList<QueuedTask>> FindDueAsync(string taskType, DateTimeOffset before, int limit);

    /// <summary>The tasks of a type that hold a slot, and until when their silo may be silent.</summary>
    Task<IReadOnlyList<TaskLease>> FindRunningAsync(string taskType);
}

/// <summary>A running task's lease.</summary>
/// <param name="Owner">The silo that runs it, address and generation.</param>
internal readonly record struct TaskLease(long TaskId, string Owner, DateTimeOffset Until);

/// <summary>Which silos live.</summary>
internal interface ISiloLiveness
{
    /// <summary>This silo, address and generation.</summary>
    string Self { get; }

    /// <summary>Whether the silo is a member that was not declared dead.</summary>
    bool IsAlive(string silo);
}
