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
        var tasks = await ListOf(filter).ReadAsync(database, TaskTables.Tasks, page);
        return tasks.Select(row => row.Record.View(row.Key));
    }

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

    public async Task<IReadOnlyList<QueuedTask>> FindDueAsync(string taskType, DateTimeOffset before, int limit)
    {
        await using var command = database.CreateCommand(
            // Never due after its due time, so the order bounds the scan: what is to run tomorrow is not read each second.
            "select id, user_id, due_at, queue_order from tasks where task_type = $1 and status = 'pending' and queue_order <= $2 and due_at <= $2 "
            + "order by queue_order, id limit $3");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = taskType });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync();
        var due = new List<QueuedTask>();
        while (await reader.ReadAsync())
            due.Add(new QueuedTask(reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3)));
        return due;
    }

    public async Task<IReadOnlyList<TaskLease>> FindRunningAsync(string taskType)
    {
        await using var command = database.CreateCommand(
            "select id, lease_owner, lease_until from tasks where task_type = $1 and status in ('processing', 'cancelling')");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = taskType });
        await using var reader = await command.ExecuteReaderAsync();
        var running = new List<TaskLease>();
        while (await reader.ReadAsync())
            running.Add(new TaskLease(reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2)));
        return running;
    }
}
