using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>Reads many tasks of their table at once.</summary>
internal sealed class TaskIndex([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database) : ITaskIndex
{
    public async Task<Page<TaskView>> ListAsync(TaskFilter filter, PageRequest page)
    {
        var list = new RecordList()
            .Where("user_id = @", filter.UserId)
            .Where("status = @", filter.Status)
            .Where("task_type = @", filter.TaskType)
            .Where("priority = @", filter.Priority)
            .Where("created_at >= @", filter.CreatedAfter)
            .Where("created_at < @", filter.CreatedBefore);
        var (rows, total, hasMore) = await list.ReadAsync(database, TaskTables.Tasks, page);
        return new Page<TaskView>([.. rows.Select(row => row.Record.View(row.Key))], total, hasMore);
    }
}
