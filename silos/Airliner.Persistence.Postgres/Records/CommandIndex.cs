using Airliner.Contracts.Idempotency;
using Airliner.Contracts.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>Finds what a command has made that an idempotency key stands for.</summary>
public static class CommandIndex
{
    /// <summary>The record, null where the command has made none. The table has a unique index of these commands.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    public static Task<StoredRecord<TKey, TRecord>?> FindAsync<TKey, TRecord>(
        NpgsqlDataSource database, RecordTable<TKey, TRecord> table, string commandId, CancellationToken cancellationToken = default)
        where TKey : notnull
        where TRecord : Record
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(commandId);
        if (!commandId.StartsWith(StoredAnswerState.CommandPrefix, StringComparison.Ordinal))
            return Task.FromResult<StoredRecord<TKey, TRecord>?>(null);
        return DatabaseQuestions.AskAsync(table.Name, async () =>
        {
            // With the index's own condition, without which Postgres could not use it.
            await using var command = database.CreateCommand(
                $"select {table.SelectList} from {table.Name} where command_id = $1 and command_id like '{StoredAnswerState.CommandPrefix}%'");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = commandId });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? table.Read(reader) : null;
        });
    }
}
