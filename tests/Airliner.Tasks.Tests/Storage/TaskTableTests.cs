using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Storage;

public sealed class TaskTableTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, 678, 901, TimeSpan.Zero);

    private static readonly TaskState _full = new()
    {
        CommandId = "command-1",
        Reference = "TASK20260102DEADBEEF",
        TaskType = "data_processing",
        UserId = 1001,
        Priority = Priorities.High,
        Status = TaskStatuses.Cancelling,
        Progress = 42,
        Parameters = """{"z": 1.0,  "a": [1e400, "\u0000", "Zoë 😀"], "a": 0.10}""",
        Result = """{"b":1.50,"a":-0}""",
        ErrorMessage = "no column 'Grüße'",
        Attempts = 2,
        MaxAttempts = 5,
        TimeoutSeconds = 77,
        RunAt = _now.AddHours(1),
        DueAt = _now.AddHours(2),
        LeaseOwner = "S127.0.0.1:11111:1",
        LeaseUntil = _now.AddHours(3),
        CreatedAt = _now.AddDays(-1),
        StartedAt = _now.AddHours(4),
        CompletedAt = _now.AddHours(5),
        UpdatedAt = _now.AddHours(6),
        QueueEpoch = 7,
        UncountedAttempts = 1,
        StartWithinSeconds = 60,
        Deadline = _now.AddHours(7),
        RetryCommandId = "command-2",
    };

    private static readonly FileState _file = new()
    {
        CommandId = "command-1",
        UserId = 1001,
        Name = "Grüße 😀.csv",
        Size = 5_000_000_000,
        ContentType = "text/csv",
        Sha256 = new string('a', 64),
        CreatedAt = _now,
    };

    private TasksDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TasksDatabase.CreateAsync(server);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public Task Every_column_of_a_task_is_read_as_it_was_inserted_and_as_it_was_updated() =>
        RoundTripAsync(_database.Tasks, new TaskState { CreatedAt = _now, DueAt = _now, UpdatedAt = _now }, _full);

    [Fact]
    public Task Every_column_of_a_file_is_read_as_it_was_inserted_and_as_it_was_updated() =>
        RoundTripAsync(_database.Files, new FileState { CreatedAt = _now }, _file);

    [Fact]
    public async Task Times_are_compared_as_instants_whatever_their_offset()
    {
        var local = _full with { DueAt = _full.DueAt.ToOffset(TimeSpan.FromHours(9)) };
        await _database.InsertAsync((1000, local));
        Assert.Equal(_full.DueAt, (await TasksDatabase.ReadAsync(_database.Tasks, 1000)).State!.DueAt);
    }

    private static async Task RoundTripAsync<TRecord>(RecordStorage<long, TRecord> storage, TRecord empty, TRecord full)
        where TRecord : Contracts.Records.Record, new()
    {
        await storage.InsertNewAsync([new(1000, full), new(1001, empty)], TestContext.Current.CancellationToken);
        Assert.Equal(full, (await TasksDatabase.ReadAsync(storage, 1000)).State);
        var second = await TasksDatabase.ReadAsync(storage, 1001);
        Assert.Equal(empty, second.State);

        second.State = full;
        await storage.WriteStateAsync("state", TasksDatabase.GrainOf(1001), second);
        var updated = await TasksDatabase.ReadAsync(storage, 1001);
        Assert.Equal(full, updated.State);
        Assert.Equal("2", updated.ETag);
    }
}
