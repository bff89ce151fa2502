using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Silo.Lifecycle;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Airliner.Tasks.Tests.Lifecycle;

public sealed class RetentionSweepTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly TaskLimits _limits = new(new ConfigurationBuilder().Build().GetSection("Tasks"));
    private static readonly DateTimeOffset _now = TimeProvider.System.Now();
    private static readonly DateTimeOffset _resultIsOld = _now - _limits.Retention.Results - TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset _taskIsOld = _now - _limits.Retention.Tasks - TimeSpan.FromMinutes(1);

    private TasksDatabase _database = null!;
    private RetentionSweep _sweep = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TasksDatabase.CreateAsync(server);
        _sweep = new(_database.Source, _limits, TimeProvider.System, NullLogger<RetentionSweep>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _sweep.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Old_results_are_cleared_old_tasks_go_and_all_else_stays()
    {
        await _database.InsertAsync(
            (1, Completed(1, _taskIsOld)), (2, Completed(2, _resultIsOld)), (3, Completed(3, _now)), (4, TaskSilos.Pending(4, _taskIsOld)),
            (5, Completed(5, _taskIsOld) with { Status = TaskStatuses.Cancelled, Result = null }));
        Assert.Equal(4, await _sweep.SweepAsync(Token)); // Two results, two tasks.
        Assert.Equal([null, "{}", null], (await AllAsync()).Select(task => task.Result));
        Assert.Equal([4, 3, 2], (await AllAsync()).Select(task => task.TaskId).OrderDescending());
        Assert.Equal(0, await _sweep.SweepAsync(Token));
    }

    [Fact]
    public async Task More_than_a_statement_s_share_goes_in_one_sweep_and_with_it_what_says_when_it_was_made()
    {
        await _database.InsertAsync(Enumerable.Range(10_000, 1200).Select(id => ((long)id, Completed(id, _taskIsOld))));
        await _database.InsertAsync((20_000, Completed(20_000, _now)));
        Assert.Equal(2400 + 1, await _sweep.SweepAsync(Token)); // Results, tasks, and the one span of their ids.
        Assert.Equal([20_000], (await AllAsync()).Select(task => task.TaskId));
    }

    [Fact]
    public async Task A_task_that_somebody_holds_is_passed_over_and_nobody_waits()
    {
        await _database.InsertAsync(Enumerable.Range(1, 3).Select(id => ((long)id, Completed(id, _taskIsOld))));
        await using (var writer = await _database.Source.OpenConnectionAsync(Token))
        await using (await writer.BeginTransactionAsync(Token))
        {
            await ExecuteAsync(writer, "update tasks set progress = 1 where id = 2");
            await _sweep.SweepAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
            Assert.Equal([2], (await AllAsync()).Select(task => task.TaskId));
        }

        await _sweep.SweepAsync(Token);
        Assert.Empty(await AllAsync());
    }

    [Theory]
    [InlineData(RetentionSweep.ClearResults)]
    [InlineData(RetentionSweep.RemoveTasks)]
    public async Task Tasks_are_made_and_changed_while_a_sweep_s_statement_is_not_committed_yet(string sql)
    {
        await _database.InsertAsync((1, Completed(1, _taskIsOld)), (2, Completed(2, _now)));
        await using var sweeper = await _database.Source.OpenConnectionAsync(Token);
        await using var transaction = await sweeper.BeginTransactionAsync(Token);
        Assert.Equal(1, await ExecuteAsync(sweeper, sql, new NpgsqlParameter<DateTimeOffset> { TypedValue = _resultIsOld }, new NpgsqlParameter<int> { TypedValue = 10 }));

        var present = await TasksDatabase.ReadAsync(_database.Tasks, 2);
        present.State = present.State! with { Progress = 50 };
        await _database.Tasks.WriteStateAsync("state", TasksDatabase.GrainOf(2), present).WaitAsync(TimeSpan.FromSeconds(30), Token);
        await _database.InsertAsync((3, TaskSilos.Pending(3, _now))).WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    [Fact]
    public async Task A_task_stays_until_its_events_are_published()
    {
        await _database.Tasks.CreateAsync(1, TaskState.Created(1, new CreateTask("c", TaskSilos.Owner, TaskSilos.Type, "low", "{}"), new TaskTypeLimits(), _taskIsOld) with
        {
            Status = TaskStatuses.Cancelled,
            CompletedAt = _taskIsOld,
        });
        await _sweep.SweepAsync(Token);
        Assert.Single(await AllAsync());
        await _database.ExecuteAsync("delete from outbox");
        await _sweep.SweepAsync(Token);
        Assert.Empty(await AllAsync());
    }

    [Fact]
    public async Task A_task_in_memory_is_not_there_any_more_when_the_sweep_has_removed_it()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        await silos.Database.InsertAsync((1, Completed(1, _taskIsOld)), (2, Completed(2, _resultIsOld)));
        Assert.Equal("{}", (await silos.ViewAsync(1)).Result);
        Assert.Equal("{}", (await silos.ViewAsync(2)).Result);

        using var sweep = new RetentionSweep(silos.Database.Source, _limits, TimeProvider.System, NullLogger<RetentionSweep>.Instance);
        await sweep.SweepAsync(Token);
        Assert.Null(await silos.Task(1).Get());
        Assert.Null((await silos.ViewAsync(2)).Result);
    }

    private static TaskState Completed(long id, DateTimeOffset at) =>
        TaskSilos.Pending(id, at).Started(id, "", TimeSpan.Zero, at).Completed(id, "{}", at) with { Raised = [] };

    private async Task<IReadOnlyList<TaskView>> AllAsync() =>
        (await new Silo.Storage.TaskIndex(_database.Source).ListAsync(new TaskFilter(), new PageRequest(200, null, 0))).Items;

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(Token);
    }
}
