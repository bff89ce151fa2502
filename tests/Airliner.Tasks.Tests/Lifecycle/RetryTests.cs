using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Lifecycle;

public sealed class RetryTests(PostgresServer server)
{
    private static readonly Caller _owner = new(TaskSilos.Owner, "airliner", [Roles.User]);
    private static readonly Caller _operator = new(7, "airliner", [Roles.Operator]);

    [Fact]
    public async Task A_failed_task_runs_again_and_counts_its_attempts_on()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        silos.Script.Run = (_, _) => throw new InvalidOperationException();
        var id = (await silos.EndAsync(await silos.CreateAsync(maxAttempts: 1))).TaskId;
        silos.Script.Run = (_, _) => Task.CompletedTask;

        var result = await silos.Task(id).Retry(_owner, "again");
        Assert.Equal((RetryOutcome.Retried, TaskStatuses.Pending, null, null), (result.Outcome, result.Task!.Status, result.Task.ErrorMessage, result.Task.CompletedAt));
        await silos.RaisedAsync(id, "task_completed");
        var task = await silos.ViewAsync(id);
        Assert.Equal((TaskStatuses.Completed, 2), (task.Status, task.Attempts));
        Assert.Equal(
            ["task_created", "task_started", "task_failed", "task_retried", "task_started", "task_completed"], silos.EventsOf(id).Select(raised => raised.Type));
        result = await silos.Task(id).Retry(_owner, "once more");
        Assert.Equal((RetryOutcome.HasNotFailed, TaskStatuses.Completed), (result.Outcome, result.Task!.Status));
    }

    [Fact]
    public async Task A_retry_that_is_repeated_is_one_retry()
    {
        await using var silos = await StartAsync();
        await silos.Database.InsertAsync((10, Failed(10)));
        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => silos.Task(10).Retry(_owner, "again")));
        await silos.RecycleAsync(10);
        Assert.All([.. results, await silos.Task(10).Retry(_owner, "again")], result => Assert.Equal(RetryOutcome.Retried, result.Outcome));
        Assert.Equal(RetryOutcome.HasNotFailed, (await silos.Task(10).Retry(_owner, "another")).Outcome);
        Assert.Single(silos.EventsOf(10));
    }

    [Fact]
    public async Task A_task_is_retried_by_its_owner_an_administrator_or_an_operator_and_unknown_to_others()
    {
        await using var silos = await StartAsync();
        await silos.Database.InsertAsync(Enumerable.Range(1, 3).Select(id => ((long)id, Failed(id))));
        Assert.Equal(RetryOutcome.NotFound, (await silos.Task(1).Retry(new Caller(7, "airliner", [Roles.User]), "a")).Outcome);
        Assert.Equal(RetryOutcome.NotFound, (await silos.Task(1).Retry(new Caller(null, "c_x", [Roles.Service]), "b")).Outcome);
        Assert.Equal(RetryOutcome.NotFound, (await silos.Task(999).Retry(_operator, "c")).Outcome);
        Assert.Equal(RetryOutcome.Retried, (await silos.Task(1).Retry(_owner, "d")).Outcome);
        Assert.Equal(RetryOutcome.Retried, (await silos.Task(2).Retry(_operator, "e")).Outcome);
        Assert.Equal(RetryOutcome.Retried, (await silos.Task(3).Retry(new Caller(7, "airliner", [Roles.Admin]), "f")).Outcome);
    }

    [Fact]
    public async Task A_task_whose_deadline_has_passed_or_whose_user_was_erased_is_not_retried()
    {
        await using var silos = await StartAsync();
        var now = TimeProvider.System.Now();
        await silos.Database.InsertAsync(
            (1, Failed(1) with { Deadline = now.AddSeconds(-1) }), (2, Failed(2) with { UserId = 1002 }), (3, Failed(3)));
        await silos.Database.ExecuteAsync("insert into erased_users (user_id) values (1002)");
        Assert.Equal(RetryOutcome.DeadlineHasPassed, (await silos.Task(1).Retry(_operator, "a")).Outcome);
        var erased = await silos.Task(2).Retry(_operator, "b");
        Assert.Equal((RetryOutcome.UserWasErased, TaskStatuses.Failed), (erased.Outcome, erased.Task!.Status));
        Assert.Equal(new RetriedTasks(1, 0), await RetryAsync(silos, new TaskFilter()));
    }

    [Fact]
    public async Task Calls_at_once_retry_every_failed_task_of_the_filter_once_and_say_what_is_left()
    {
        await using var silos = await StartAsync(silos: 2);
        await silos.Database.InsertAsync(Enumerable.Range(1, 250).Select(id => ((long)id, Failed(id))));
        await silos.Database.InsertAsync(
            (1001, Failed(1001) with { TaskType = "other" }), (1002, Failed(1002) with { UserId = 1002 }), (1003, Failed(1003) with { Status = TaskStatuses.Cancelled }));
        var filter = new TaskFilter(UserId: TaskSilos.Owner, TaskType: TaskSilos.Type);
        Assert.Equal(new RetriedTasks(100, 150), await RetryAsync(silos, filter, limit: 100));

        var all = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RetryAsync(silos, filter)));
        Assert.Equal(150, all.Sum(one => one.Retried));
        Assert.Equal(new RetriedTasks(0, 0), await RetryAsync(silos, filter));
        Assert.Equal(250, silos.Relay.Taken.Count(raised => raised.Type == "task_retried"));
        Assert.Equal(2, (await silos.Queries.List(new TaskFilter(Status: TaskStatuses.Failed), new PageRequest(10, null, 0))).Total);
    }

    [Fact]
    public async Task Where_one_cannot_be_retried_the_answer_counts_those_that_were()
    {
        await using var silos = await StartAsync();
        await silos.Database.InsertAsync(Enumerable.Range(1, 5).Select(id => ((long)id, Failed(id))));
        await silos.Database.ExecuteAsync(
            """
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = 'check_violation'; end $$;
            create trigger refuse before update on tasks for each row when (new.id = 3) execute function refuse();
            """);

        Assert.Equal(new RetriedTasks(4, 1), await RetryAsync(silos, new TaskFilter()));
        await Assert.ThrowsAsync<RecordRejectedException>(() => RetryAsync(silos, new TaskFilter()));
    }

    /// <summary>Silos that run nothing more, since their only slot is held.</summary>
    private async Task<TaskSilos> StartAsync(short silos = 1)
    {
        var started = await TaskSilos.StartAsync(server, silos, settings: ("Tasks:MaxInFlight", "1"));
        started.Script.Run = (_, stop) => Task.Delay(Timeout.Infinite, stop);
        await started.CreateAsync(Priorities.Critical);
        await started.Script.NextAsync();
        return started;
    }

    private static Task<RetriedTasks> RetryAsync(TaskSilos silos, TaskFilter filter, int limit = RetriedTasks.Most) =>
        silos.Grains.GetGrain<ITaskRetriesGrain>(0).RetryFailed(_operator, filter, limit, $"{Guid.NewGuid():n}");

    private static TaskState Failed(long id)
    {
        var now = TimeProvider.System.Now();
        return TaskSilos.Pending(id, now).Started(id, "", TimeSpan.Zero, now).AttemptFailed(id, "down", retry: false, TimeSpan.Zero, now) with { Raised = [] };
    }
}
