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
        var tasks = await ListOf(filter).ReadAsync(database, TaskTables.Tasks, page, LengthOf);
        return tasks.Select(row => row.Record.View(row.Key));
    }

    /// <summary>About how many characters a task has.</summary>
    internal static long LengthOf(TaskState task) => task.Parameters.Length + (task.Result?.Length ?? 0);

    /// <summary>What passes the filter, along the index that has it side by side.</summary>
    internal static RecordList ListOf(TaskFilter filter)
    {
        var isOfAKind = (filter.TaskType ?? filter.Status ?? filter.Priority) is not null;
        var list = new RecordList()
            .WhereIs("user_id", filter.UserId)
            .WhereIs("task_type", filter.TaskType)
            .WhereIs("status", filter.Status)
            .WhereIs("priority", filter.Priority)
            .Where("created_at >= @", filter.CreatedAfter)
            .Where("created_at < @", filter.CreatedBefore)
            .From("coalesce((select min(span) * 4096 from task_spans where last_created_at >= @), 9223372036854775807)", filter.CreatedAfter)
            .Below("coalesce((select (max(span) + 1) * 4096 from task_spans where first_created_at < @), 0)", filter.CreatedBefore);
        return (filter.UserId, isOfAKind) switch
        {
            (null, false) => list.Along("id"),
            (null, true) => list.Along("(-id)", "task_type", "status", "priority"),
            (_, false) => list.Along("(-id)", "user_id"),
            (_, true) => list.Along("(0 - id)", "user_id", "task_type", "status", "priority"),
        };
    }
}
