using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>The table of tasks beside their grains.</summary>
internal sealed class TaskTable(RecordStorage<long, TaskState> tasks, [FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database) : ITaskTable
{
    public Task CreateAsync(long taskId, TaskState task) => tasks.CreateAsync(taskId, task);

    public Task<TaskState?> FindAsync(long taskId) => tasks.FindAsync(taskId);

    public async Task<(long TaskId, TaskState Task)?> FindByCommandAsync(string commandId) =>
        await CommandIndex.FindAsync(database, TaskTables.Tasks, commandId) is { } found ? (found.Key, found.Record) : null;
}
