using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;
using Npgsql;
using NpgsqlTypes;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Airliner.Kafka.Tests.Outbox;

/// <summary>A database with an outbox, written to as the record store does: rows first, and then they are handed over.</summary>
internal sealed class OutboxDatabase : IAsyncDisposable
{
    private OutboxDatabase(string connectionString) => (ConnectionString, Source) = (connectionString, RecordsModule.DataSource(connectionString));

    public string ConnectionString { get; }

    public NpgsqlDataSource Source { get; }

    public static async Task<OutboxDatabase> CreateAsync(PostgresServer server) =>
        new(await server.CreateDatabaseAsync("outbox", empty => Migrations.ApplyAsync(empty, MigrationSource.Outbox)));

    /// <summary>Commits events as rows of <paramref name="owner"/>.</summary>
    public async Task<IReadOnlyList<OutboxEvent>> CommitAsync(string owner, params IReadOnlyList<OutboxEvent> events)
    {
        await using var command = Source.CreateCommand(
            $"""
            insert into outbox ({OutboxTable.Columns}, owner)
            select *, $10 from unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bytea[], $9::text[])
            """);
        Add(NpgsqlDbType.Text, e => e.Subject);
        Add(NpgsqlDbType.Bigint, e => e.Sequence);
        Add(NpgsqlDbType.Uuid, e => e.EventId);
        Add(NpgsqlDbType.Text, e => e.Topic);
        Add(NpgsqlDbType.Text, e => e.Key);
        Add(NpgsqlDbType.Text, e => e.Type);
        Add(NpgsqlDbType.TimestampTz, e => e.Time);
        Add(NpgsqlDbType.Bytea, e => e.Payload);
        Add(NpgsqlDbType.Text, e => e.TraceParent);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner });
        await command.ExecuteNonQueryAsync();
        return events;

        void Add<T>(NpgsqlDbType type, Func<OutboxEvent, T> value) => command.Parameters.Add(
            new NpgsqlParameter<T[]> { TypedValue = [.. events.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>Commits events as a grain of the relay's silo does.</summary>
    public async Task RaiseAsync(IOutboxRelay relay, params IReadOnlyList<OutboxEvent> events) => relay.Take(await CommitAsync(relay.Owner, events));

    /// <summary>What an activation does: the entities' events become this silo's, and are handed over.</summary>
    public async Task ActivateAsync(IOutboxRelay relay, params IReadOnlyList<string> subjects)
    {
        while (true)
        {
            try
            {
                await ClaimAsync(relay, subjects);
                return;
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                // As the lookup of records does.
            }
        }
    }

    private async Task ClaimAsync(IOutboxRelay relay, IReadOnlyList<string> subjects)
    {
        await using var command = Source.CreateCommand(
            $"""
            with claimed as (update outbox set owner = $2 where subject = any($1) and owner <> $2)
            select {OutboxTable.Columns} from outbox where subject = any($1) order by subject, sequence
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. subjects] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = relay.Owner });
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<OutboxEvent>();
        while (await reader.ReadAsync())
            events.Add(OutboxTable.Read(reader));
        relay.Take(events);
    }

    /// <summary>The rows, as <c>subject sequence owner</c>.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync()
    {
        await using var command = Source.CreateCommand("select subject, sequence, owner from outbox order by subject, sequence");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add($"{reader.GetString(0)} {reader.GetInt64(1)} {reader.GetString(2)}");
        return rows;
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
