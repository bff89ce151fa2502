using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Workers;
using Npgsql;

namespace Airliner.Tasks.Silo.Workers;

internal sealed class TaskTypeTable([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, TimeProvider time) : ITaskTypeTable
{
    public Task<IReadOnlyList<string>> AllAsync() => DatabaseQuestions.AskAsync<IReadOnlyList<string>>("task_types", async () =>
    {
        await using var command = database.CreateCommand("select task_type from task_types order by task_type collate \"C\"");
        await using var reader = await command.ExecuteReaderAsync();
        var types = new List<string>();
        while (await reader.ReadAsync())
            types.Add(reader.GetString(0));
        return types;
    });

    public Task<bool> RegisterAsync(string clientId, IReadOnlyList<string> taskTypes, int most) => DatabaseQuestions.AskAsync("task_types", async () =>
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection, transaction);
        // Workers of one client that start together are counted one after another.
        batch.BatchCommands.Add(new("select pg_advisory_xact_lock(hashtextextended('airliner.task_types.' || $1, 0))") { Parameters = { Text(clientId) } });
        batch.BatchCommands.Add(new(
            """
            insert into task_types (task_type, registered_by, registered_at, last_seen) select distinct type, $1, $3, $3 from unnest($2) as type order by type
            on conflict (task_type) do update set last_seen = excluded.last_seen
            """)
        {
            Parameters =
            {
                Text(clientId), new NpgsqlParameter<string[]> { TypedValue = [.. taskTypes] }, new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() },
            },
        });
        batch.BatchCommands.Add(new("select count(*) from task_types where registered_by = $1") { Parameters = { Text(clientId) } });
        long registered;
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            await reader.NextResultAsync();
            await reader.ReadAsync();
            registered = reader.GetInt64(0);
        }

        if (registered > most)
            return false; // What is not committed is undone.
        await transaction.CommitAsync();
        return true;
    });

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}

/// <summary>Removes types that no worker has offered for a month, unless tasks of them wait or run: those need their queue.</summary>
internal sealed class TaskTypeSweep([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, TimeProvider time, ILogger<TaskTypeSweep> log)
    : ExpirySweep(
        database,
        """
        delete from task_types where task_type in (
            select task_type from task_types as type where last_seen < $1
                and not exists (select from tasks where tasks.task_type = type.task_type and status = 'pending')
                and not exists (select from tasks where tasks.task_type = type.task_type and status in ('processing', 'cancelling'))
            limit $2)
        """,
        interval: TimeSpan.FromHours(1), margin: TimeSpan.FromDays(30), time, log);
