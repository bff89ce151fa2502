using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>The table of tasks beside their grains.</summary>
internal sealed class TaskTable(RecordStorage<long, TaskState> tasks) : ITaskTable
{
    public Task CreateAsync(long taskId, TaskState task) => tasks.CreateAsync(taskId, task);

    public Task<TaskState?> FindAsync(long taskId) => tasks.FindAsync(taskId);
}
