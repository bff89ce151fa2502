using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Queues;
using Airliner.Tasks.Silo.Storage;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Tasks.Tests.Storage;

public sealed class QueueEpochTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private TasksDatabase _database = null!;
    private QueueTable _table = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TasksDatabase.CreateAsync(server);
        _table = new QueueTable(_database.Source);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Epochs_of_a_type_count_up_and_only_who_has_the_newest_gets_the_next()
    {
        Assert.Equal(0, (await _table.FindRunningAsync(TaskSilos.Type)).Epoch);
        Assert.Equal(1, await _table.TakeEpochAsync(TaskSilos.Type));
        Assert.Equal(1, await _table.TakeEpochAsync("other"));
        Assert.Equal(2, await _table.TakeEpochAsync(TaskSilos.Type));
        Assert.Null(await _table.AdvanceEpochAsync(TaskSilos.Type, from: 1));
        Assert.Equal(3, await _table.AdvanceEpochAsync(TaskSilos.Type, from: 2));
        Assert.Equal(3, (await _table.FindRunningAsync(TaskSilos.Type)).Epoch);
    }

    [Fact]
    public async Task A_start_commits_under_the_newest_epoch_alone_and_other_writes_under_any()
    {
        await _database.InsertAsync((1, Pending(1)), (2, Pending(2)), (3, Pending(3)));
        await _table.TakeEpochAsync(TaskSilos.Type);
        var second = await _table.TakeEpochAsync(TaskSilos.Type);

        var refused = await Assert.ThrowsAsync<RecordRejectedException>(() => StartAsync(1, second - 1));
        Assert.Equal(TasksStorage.QueueEpochs, refused.Constraint);
        await StartAsync(2, second);
        await _table.TakeEpochAsync(TaskSilos.Type);
        // One that runs goes on, and one that waits can be cancelled.
        await ChangeAsync(2, task => task.Renewed(TimeSpan.FromMinutes(1), TimeSpan.Zero, _now));
        await ChangeAsync(3, task => task.Cancelled(3, _now));
        Assert.Equal(
            [new TaskLease(2, "silo", _now.AddMinutes(1), TaskSilos.Owner, 1)], (await _table.FindRunningAsync(TaskSilos.Type)).Leases);
    }

    [Fact]
    public async Task A_refused_start_keeps_no_other_of_its_batch_from_its_commit()
    {
        await _database.InsertAsync(Enumerable.Range(1, 20).Select(id => ((long)id, Pending(id))));
        var old = await _table.TakeEpochAsync(TaskSilos.Type);
        var newest = await _table.TakeEpochAsync(TaskSilos.Type);
        var starts = Enumerable.Range(1, 20).Select(id => Task.Run(() => StartAsync(id, id % 5 == 0 ? old : newest), Token)).ToList();
        await Task.WhenAll(starts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.All(Enumerable.Range(1, 20), id => Assert.Equal(id % 5 == 0, starts[id - 1].IsFaulted));
        Assert.Equal(16, (await _table.FindRunningAsync(TaskSilos.Type)).Leases.Count);
    }

    [Fact]
    public async Task An_epoch_waits_for_the_starts_that_are_being_committed_and_counts_them()
    {
        await _database.InsertAsync((1, Pending(1)));
        var old = await _table.TakeEpochAsync(TaskSilos.Type);
        await using var connection = await _database.Source.OpenConnectionAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using var start = new NpgsqlCommand(
            $"update tasks set version = 2, status = 'processing', queue_epoch = {old}, lease_owner = 'silo', lease_until = now(), attempts = 1 where id = 1", connection);
        await start.ExecuteNonQueryAsync(Token);

        var next = _table.TakeEpochAsync(TaskSilos.Type);
        await _database.WaitForLockAsync("select pg_advisory_xact_lock");
        Assert.False(next.IsCompleted);
        Assert.Equal(1, await _table.TakeEpochAsync("other"));
        await transaction.CommitAsync(Token);

        Assert.Equal(old + 1, await next);
        Assert.Single((await _table.FindRunningAsync(TaskSilos.Type)).Leases);
    }

    [Fact]
    public async Task A_start_that_waits_while_an_epoch_is_taken_is_refused()
    {
        await _database.InsertAsync((1, Pending(1)));
        var old = await _table.TakeEpochAsync(TaskSilos.Type);
        await using var connection = await _database.Source.OpenConnectionAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using var take = new NpgsqlCommand(
            $"select pg_advisory_xact_lock(hashtextextended('airliner.task_queues/{TaskSilos.Type}', 0)); update task_queues set epoch = epoch + 1", connection);
        await take.ExecuteNonQueryAsync(Token);

        var start = StartAsync(1, old);
        await _database.WaitForLockAsync(TasksDatabase.Write);
        await transaction.CommitAsync(Token);
        Assert.Equal(TasksStorage.QueueEpochs, (await Assert.ThrowsAsync<RecordRejectedException>(() => start)).Constraint);
    }

    [Fact]
    public async Task Queues_are_measured_by_type_with_what_waits_what_is_to_come_and_what_runs()
    {
        await _table.TakeEpochAsync(TaskSilos.Type);
        await _table.TakeEpochAsync("other");
        await _database.InsertAsync(
            (1, Pending(1)),
            (2, TaskSilos.Pending(2, _now.AddSeconds(-90), Priorities.Critical)),
            (3, TaskSilos.Pending(3, _now.AddHours(1))),
            (4, Pending(4) with { Status = TaskStatuses.Completed }),
            (5, Pending(5).Started(5, "silo", TimeSpan.FromSeconds(30), _now) with { Raised = [] }));

        Assert.Equal(
            [new QueueSize("other", 0, 0, 0, null), new QueueSize(TaskSilos.Type, 2, 1, 1, _now.AddSeconds(-90))], await _table.MeasureAsync(_now, null));
        Assert.Equal([new QueueSize("other", 0, 0, 0, null)], await _table.MeasureAsync(_now, "other"));
    }

    private static TaskState Pending(long id) => TaskSilos.Pending(id, _now);

    private Task StartAsync(long id, long epoch) => ChangeAsync(id, task => task.Started(id, "silo", TimeSpan.FromSeconds(30), _now, epoch));

    private async Task ChangeAsync(long id, Func<TaskState, TaskState> change)
    {
        var state = await TasksDatabase.ReadAsync(_database.Tasks, id);
        state.State = change(state.State!) with { Raised = [] };
        await _database.Tasks.WriteStateAsync("state", TasksDatabase.GrainOf(id), state);
    }
}
