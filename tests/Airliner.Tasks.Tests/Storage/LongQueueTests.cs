using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Queues;
using Airliner.Tasks.Silo.Storage;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Tasks.Tests.Storage;

/// <summary>A queue reads a bounded part of its table, however long it is: shown by the pages of the database that it touches, not by time.</summary>
public sealed class LongQueueTests(PostgresServer server) : IAsyncLifetime
{
    private const int Backlog = 1_000_000;
    private const int LaterUsers = 12_000;
    private const long Flooder = 1001;
    private const long Newcomer = 5_000_000;

    private TasksDatabase _database = null!;

    /// <summary>One session, whose own reads are counted as soon as it asks for that.</summary>
    private NpgsqlDataSource _alone = null!;

    private QueueTable _table = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TasksDatabase.CreateAsync(server);
        _alone = NpgsqlDataSource.Create(_database.ConnectionString + ";Maximum Pool Size=1");
        _table = new QueueTable(_alone);
        // Nobody waits for these rows to be on the disk. The first user floods the queue, the others have a task each for later; then comes one whose task is due.
        await _database.ExecuteAsync("alter table tasks disable trigger user; alter table tasks set (autovacuum_enabled = off)");
        await _database.SeedAsync($"""
            set synchronous_commit = off;
            insert into tasks (id, version, event_sequence, command_id, reference, task_type, user_id, priority, status, progress, parameters, attempts, max_attempts,
                timeout_seconds, due_at, queue_order, lease_owner, created_at, updated_at)
            select id, 1, 1, id, id, '{TaskSilos.Type}', case when id <= {Backlog} then {Flooder} else id end, case when id % 2 = 0 then 'critical' else 'low' end,
                'pending', 0, '{"{}"}', 0, 3, 60, due, due, '', now(), now()
            from (select id, now() + case when id <= {Backlog} then interval '-1 hour' else interval '1 hour' end + id * interval '1 millisecond' as due
                  from generate_series(1, {Backlog + LaterUsers}) as id) as task
            """);
        await _database.InsertAsync((Newcomer, TaskSilos.Pending(Newcomer, TimeProvider.System.GetUtcNow()) with { UserId = 1002 }));
        await _table.TakeEpochAsync(TaskSilos.Type);
        await _database.ExecuteAsync("alter table tasks enable trigger user");
    }

    public async ValueTask DisposeAsync()
    {
        await _alone.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task What_a_queue_reads_of_a_long_table_is_bounded_whether_the_planner_knows_the_table_or_not()
    {
        await ReadAllAsync();
        await _database.ExecuteAsync("analyze tasks");
        await ReadAllAsync();
    }

    private async Task ReadAllAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var page = await Touched(() => _table.FindDueAsync(new DueQuery(TaskSilos.Type, now, null, 1000, [])), atMost: 6000);
        Assert.Contains(page.Tasks, task => task.TaskId == Newcomer);
        Assert.InRange(page.Tasks.Count, DueTasks.MostUrgent, 1500);
        Assert.NotNull(page.Last);

        await Touched(() => _table.FindRunningAsync(TaskSilos.Type), atMost: 20);
        var size = Assert.Single(await Touched(() => _table.MeasureAsync(now, null), atMost: 25_000));
        Assert.Equal((TaskQueueView.CountedAtMost, TaskQueueView.CountedAtMost, 0), (size.Depth, size.Later, size.InFlight));
        Assert.InRange((now - size.OldestDueAt!.Value).TotalMinutes, 50, 70);
    }

    /// <summary>Reads, and counts the blocks that the server has looked at meanwhile, which nobody else uses.</summary>
    private async Task<T> Touched<T>(Func<Task<T>> read, long atMost)
    {
        var before = await BlocksAsync();
        var found = await read();
        var touched = await BlocksAsync() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{touched} blocks.");
        Assert.InRange(touched, 1, atMost);
        return found;
    }

    private async Task<long> BlocksAsync()
    {
        await using (var flush = _alone.CreateCommand("select pg_stat_force_next_flush()"))
            await flush.ExecuteNonQueryAsync(Token);
        await using var command = _alone.CreateCommand(
            "select (heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)::bigint from pg_statio_user_tables where relname = 'tasks'");
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }
}
