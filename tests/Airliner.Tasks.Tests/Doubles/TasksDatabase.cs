using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Silo;
using Airliner.Tasks.Silo.Storage;
using Airliner.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Tasks.Tests.Doubles;

/// <summary>A database with the service's schema, and its tables without a silo.</summary>
internal sealed class TasksDatabase : IAsyncDisposable
{
    /// <summary>How the statement begins that writes a record.</summary>
    public const string Write = "with input as";

    private TasksDatabase(string connectionString)
    {
        ConnectionString = connectionString;
        Source = RecordsModule.DataSource(connectionString);
        Tasks = Storage(TaskTables.Tasks);
        Files = Storage(TaskTables.Files);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource Source { get; }

    public RecordingRelay Relay { get; } = new();

    public RecordStorage<long, TaskState> Tasks { get; }

    public RecordStorage<long, FileState> Files { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TasksDatabase> CreateAsync(PostgresServer server)
    {
        MigrationSource[] steps =
            [MigrationSource.GrainState, MigrationSource.Outbox, new(TasksModule.Service, typeof(TasksModule).Assembly, "Airliner.Tasks.Silo.Storage.")];
        return new TasksDatabase(await server.CreateDatabaseAsync(TasksModule.Service, empty => Migrations.ApplyAsync(empty, steps)));
    }

    /// <summary>Inserts tasks as if another silo had made them: no queue hears of them.</summary>
    public Task InsertAsync(params IEnumerable<(long Id, TaskState Task)> tasks) =>
        Tasks.InsertNewAsync(tasks.Select(task => KeyValuePair.Create(task.Id, task.Task)), Token);

    /// <summary>The record as it is in its table.</summary>
    public static async Task<GrainState<TRecord>> ReadAsync<TRecord>(RecordStorage<long, TRecord> storage, long id)
        where TRecord : Contracts.Records.Record, new()
    {
        var state = new GrainState<TRecord>(new TRecord());
        await storage.ReadStateAsync("state", GrainOf(id), state);
        Assert.True(state.RecordExists);
        return state;
    }

    public static GrainId GrainOf(long id) => GrainId.Create(GrainType.Create("task"), GrainIdKeyExtensions.CreateIntegerKey(id));

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync(Token);
    }

    /// <summary>Executes what takes long because it makes many rows.</summary>
    public async Task SeedAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync(Token);
    }

    /// <summary>Waits until a statement that begins so waits for a lock. Asks the server, which has no event for it.</summary>
    public Task WaitForLockAsync(string statement) => Eventually.True(
        async () =>
        {
            await using var command = Source.CreateCommand(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and starts_with(query, $1)");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = statement });
            return (long)(await command.ExecuteScalarAsync(Token))! > 0;
        },
        $"'{statement}' waits for a lock");

    public async ValueTask DisposeAsync()
    {
        await Tasks.DisposeAsync();
        await Files.DisposeAsync();
        await Source.DisposeAsync();
    }

    private RecordStorage<long, TRecord> Storage<TRecord>(RecordTable<long, TRecord> table)
        where TRecord : Contracts.Records.Record
    {
        var storage = new RecordStorage<long, TRecord>(table, Source, Relay, new RecordOptions());
        storage.Start();
        return storage;
    }
}
