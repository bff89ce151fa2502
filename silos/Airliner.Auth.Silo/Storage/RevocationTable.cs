using Airliner.Auth.Grains;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Auth;
using Airliner.Persistence.Postgres.Audit;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Auth.Silo.Storage;

internal sealed class RevocationTable(
    [FromKeyedServices(AuthStorage.Service)] NpgsqlDataSource database, [FromKeyedServices(AuthStorage.Service)] AuditLog audit) : IRevocationTable
{
    public Task AddAsync(IReadOnlyList<string> ids, DateTimeOffset expires, CancellationToken cancellationToken = default) => DatabaseQuestions.AskAsync("revocations", async () =>
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await AddAsync(connection, ids, expires, cancellationToken);
    });

    public Task AddAsync(string id, DateTimeOffset expires, AuditEntry entry, CancellationToken cancellationToken = default) =>
        audit.WriteAsync(entry, connection => AddAsync(connection, [id], expires, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Revocation>> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken = default) => DatabaseQuestions.AskAsync<IReadOnlyList<Revocation>>("revocations", async () =>
    {
        await using var command = database.CreateCommand("select id, expires_at from revocations where expires_at > $1 order by expires_at");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var revocations = new List<Revocation>();
        while (await reader.ReadAsync(cancellationToken))
            revocations.Add(new(reader.GetString(0), await reader.GetFieldValueAsync<DateTimeOffset>(1, cancellationToken)));
        return revocations;
    });

    public Task DeleteExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken = default) => DatabaseQuestions.AskAsync("revocations", async () =>
    {
        await using var command = database.CreateCommand("delete from revocations where expires_at <= $1");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    });

    private static async Task<int> AddAsync(NpgsqlConnection connection, IReadOnlyList<string> ids, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into revocations (id, expires_at) select distinct id, $2 from unnest($1::text[]) as id
            on conflict (id) do update set expires_at = greatest(revocations.expires_at, excluded.expires_at)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. ids] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = expires });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
