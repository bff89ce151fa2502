using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Queues;
using Npgsql;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>What the queues read of the table of tasks, and the rows of their epochs.</summary>
internal sealed class QueueTable([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database) : IQueueTable
{
    public async Task<long> TakeEpochAsync(string taskType) => await ChangeEpochAsync(
        taskType,
        new("insert into task_queues (task_type, epoch) values ($1, 1) on conflict (task_type) do update set epoch = task_queues.epoch + 1 returning epoch")
        {
            Parameters = { Text(taskType) },
        }) ?? throw new InvalidOperationException($"The queue of {taskType} got no epoch.");

    public Task<long?> AdvanceEpochAsync(string taskType, long from) => ChangeEpochAsync(
        taskType,
        new("update task_queues set epoch = epoch + 1 where task_type = $1 and epoch = $2 returning epoch")
        {
            Parameters = { Text(taskType), new NpgsqlParameter<long> { TypedValue = from } },
        });

    public Task<RunningTasks> FindRunningAsync(string taskType) => DatabaseQuestions.AskAsync("task_queues", async () =>
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("select epoch from task_queues where task_type = $1") { Parameters = { Text(taskType) } });
        batch.BatchCommands.Add(new(
            "select id, lease_owner, lease_until, user_id, attempts from tasks where task_type = $1 and status in ('processing', 'cancelling')")
        {
            Parameters = { Text(taskType) },
        });
        await using var reader = await batch.ExecuteReaderAsync();
        var epoch = await reader.ReadAsync() ? reader.GetInt64(0) : 0;
        await reader.NextResultAsync();
        var running = new List<TaskLease>();
        while (await reader.ReadAsync())
            running.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt64(3), reader.GetInt32(4)));
        return new RunningTasks(epoch, running);
    });

    public Task<DuePage> FindDueAsync(DueQuery query) => DatabaseQuestions.AskAsync("tasks", () => DueTasks.FindAsync(database, query));

    public Task<IReadOnlyList<QueueSize>> MeasureAsync(DateTimeOffset now, string? taskType) =>
        DatabaseQuestions.AskAsync("task_queues", () => QueueSizes.MeasureAsync(database, now, taskType));

    /// <summary>Alone: every start that shares the lock has been committed, and those that come later see the new epoch.</summary>
    private Task<long?> ChangeEpochAsync(string taskType, NpgsqlBatchCommand change) => DatabaseQuestions.AskAsync("task_queues", async () =>
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new("select pg_advisory_xact_lock(hashtextextended('airliner.task_queues/' || $1, 0))") { Parameters = { Text(taskType) } });
        batch.BatchCommands.Add(change);
        long? epoch;
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            await reader.NextResultAsync();
            epoch = await reader.ReadAsync() ? reader.GetInt64(0) : null;
        }

        await transaction.CommitAsync();
        return epoch;
    });

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
