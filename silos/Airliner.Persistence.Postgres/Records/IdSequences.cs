using Airliner.Contracts.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>Takes ids in blocks from sequences named <c>{table}_ids</c>, whose increment is the size of a block.</summary>
internal sealed class IdSequences(NpgsqlDataSource database) : IIdSequences
{
    public async Task<IdBlock> TakeAsync(string table, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand(
                "select nextval(seqrelid), seqincrement from pg_sequence where seqrelid = ($1 || '_ids')::regclass");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new IdBlock(reader.GetInt64(0), checked((int)reader.GetInt64(1)));
        }
        catch (Exception error) when (error is NpgsqlException or IOException)
        {
            throw new StorageUnavailableException($"No ids of {table}: {error.Message}");
        }
    }
}
