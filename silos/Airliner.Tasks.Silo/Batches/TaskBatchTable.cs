using Airliner.Contracts.Idempotency;
using Airliner.Persistence.Postgres.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Batches;
using Airliner.Tasks.Silo.Storage;
using Npgsql;

namespace Airliner.Tasks.Silo.Batches;

/// <summary>The table of tasks, for many at once.</summary>
internal sealed class TaskBatchTable(RecordStorage<long, TaskState> tasks, [FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database) : ITaskBatchTable
{
    // Each half has an index of its own; the second's condition is the index's.
    private static readonly string _find =
        $"select {TaskTables.Tasks.SelectList} from tasks where id = any($1) or (command_id = any($2) and command_id like '{StoredAnswerState.CommandPrefix}%')";

    public Task<IReadOnlySet<long>> InsertAsync(IReadOnlyCollection<KeyValuePair<long, TaskState>> records) => tasks.InsertNewAsync(records);

    public Task<IReadOnlyDictionary<long, TaskState>> FindAsync(IReadOnlyCollection<KeyValuePair<long, TaskState>> records) =>
        DatabaseQuestions.AskAsync<IReadOnlyDictionary<long, TaskState>>(TasksStorage.Tasks, async () =>
        {
            await using var command = database.CreateCommand(_find);
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. records.Select(record => record.Key)] });
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. records.Select(record => record.Value.CommandId)] });
            await using var reader = await command.ExecuteReaderAsync();
            var found = new Dictionary<long, TaskState>();
            while (await reader.ReadAsync())
            {
                var stored = TaskTables.Tasks.Read(reader);
                found.Add(stored.Key, stored.Record);
            }

            return found;
        });

    public Task<IReadOnlySet<long>> FindErasedAsync(IReadOnlyCollection<long> userIds) => ErasedUsers.FindAsync(database, userIds);
}
