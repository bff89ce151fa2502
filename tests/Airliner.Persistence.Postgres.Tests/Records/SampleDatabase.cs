using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;
using Npgsql;

namespace Airliner.Persistence.Postgres.Tests.Records;

/// <summary>A fresh database with the sample tables and the outbox, and the silos of a test that work on it.</summary>
internal sealed class SampleDatabase(string connectionString) : IAsyncDisposable
{
    // No pool: after an outage it would hand out what the outage broke.
    private readonly NpgsqlDataSource _database =
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });

    private readonly List<SampleSilo> _silos = [];

    public string ConnectionString { get; } = connectionString;

    public static async Task<SampleDatabase> CreateAsync(PostgresServer server) => new(await server.CreateDatabaseAsync("samples", async empty =>
    {
        await Migrations.ApplyAsync(empty, MigrationSource.Outbox);
        await using var made = new SampleDatabase(empty);
        await made.ExecuteAsync(Sample.Sql);
    }));

    /// <summary>A silo's store, with a relay that keeps what it is given.</summary>
    public SampleSilo StartSilo(string owner = "silo-1", RecordOptions? options = null, string? connectionString = null)
    {
        var silo = new SampleSilo(connectionString ?? ConnectionString, owner, options ?? new RecordOptions());
        _silos.Add(silo);
        return silo;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<List<T>> ListAsync<T>(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<T>();
        while (await reader.ReadAsync())
            values.Add(reader.GetFieldValue<T>(0));
        return values;
    }

    public async Task<long> CountAsync(string from) => (await ListAsync<long>($"select count(*) from {from}"))[0];

    /// <summary>The sequences of an entity's events in the outbox, in order.</summary>
    public Task<List<long>> EventsAsync(string subject) =>
        ListAsync<long>($"select sequence from outbox where subject = '{subject}' order by sequence");

    /// <summary>Lets no statement read or write the samples until the returned transaction ends.</summary>
    public async Task<BlockedTable> BlockSamplesAsync()
    {
        var connection = await _database.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("lock table samples in access exclusive mode", connection, transaction);
        await command.ExecuteNonQueryAsync();
        return new BlockedTable(connection, transaction);
    }

    /// <summary>Ends when a statement of the store waits for the blocked table.</summary>
    public Task UntilAStatementWaitsAsync()
    {
        const string Waiting = "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        return Eventually.True(async () => await CountAsync(Waiting) > 0, "a statement waits for the lock");
    }

    /// <summary>Ends the connections whose statement waits for the blocked table, as a server that goes down does.</summary>
    public Task TerminateWaitingAsync() => ExecuteAsync(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
            await silo.DisposeAsync();
        await _database.DisposeAsync();
    }
}

internal sealed class BlockedTable(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
