using Airliner.Contracts.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>Takes ids in blocks from sequences named <c>{table}_ids</c>, whose increment is the size of a block.</summary>
internal sealed class ServiceDatabase(NpgsqlDataSource database) : IServiceDatabase
{
    public Task<IdBlock> TakeIdsAsync(string table, CancellationToken cancellationToken = default) => DatabaseQuestions.AskAsync("ids", async () =>
    {
        await using var command = database.CreateCommand("select nextval(seqrelid), seqincrement from pg_sequence where seqrelid = ($1 || '_ids')::regclass");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new IdBlock(reader.GetInt64(0), checked((int)reader.GetInt64(1)));
    });

    public Task<IReadOnlyList<IdBlock>> TakeIdsUpToAsync(string table, int count, CancellationToken cancellationToken = default) =>
        DatabaseQuestions.AskAsync<IReadOnlyList<IdBlock>>("ids", async () =>
        {
            await using var command = database.CreateCommand(
                "select nextval(seqrelid), seqincrement from pg_sequence, generate_series(1, $2 / seqincrement) where seqrelid = ($1 || '_ids')::regclass");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var blocks = new List<IdBlock>();
            while (await reader.ReadAsync(cancellationToken))
                blocks.Add(new IdBlock(reader.GetInt64(0), checked((int)reader.GetInt64(1))));
            return blocks;
        });

    public Task PingAsync(CancellationToken cancellationToken = default) => DatabaseQuestions.AskAsync("ping", async () =>
    {
        await using var command = database.CreateCommand("select 1");
        return await command.ExecuteScalarAsync(cancellationToken);
    });
}
