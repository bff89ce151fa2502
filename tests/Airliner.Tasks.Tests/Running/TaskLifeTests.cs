using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Running;

public sealed class TaskLifeTests(PostgresServer server)
{
    [Fact]
    public async Task A_task_completes_and_its_events_arrive_in_order_without_a_gap()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var mayEnd = new TaskCompletionSource();
        silos.Script.Run = (execution, _) =>
        {
            execution.ReportProgress(40);
            execution.ReportProgress(30); // A handler that errs: what was told is not taken back.
            execution.ReportProgress(50);
            return mayEnd.Task;
        };
        var id = await silos.CreateAsync();
        await silos.RaisedAsync(id, "task_progressed");
        Assert.Equal((TaskStatuses.Processing, 50), ((await silos.ViewAsync(id)).Status, (await silos.ViewAsync(id)).Progress));
        mayEnd.SetResult();

        var task = await silos.EndAsync(id);
        Assert.Equal((TaskStatuses.Completed, 100, 1, """{"done": 1.0}"""), (task.Status, task.Progress, task.Attempts, task.Result));
        Assert.True(task.StartedAt >= task.CreatedAt && task.CompletedAt >= task.StartedAt);
        var events = silos.EventsOf(id);
        Assert.Equal(["task_created", "task_started", "task_progressed", "task_completed"], events.Select(raised => raised.Type));
        Assert.Equal([1, 2, 3, 4], events.Select(raised => raised.Sequence));
        Assert.All(events, raised => Assert.Equal((id.ToString(), "task-events"), (raised.Key, raised.Topic)));
        Assert.Equal(50, JsonElement.Parse(events[2].Payload).GetProperty("progress").GetInt32());
    }

    [Fact]
    public async Task A_result_that_is_too_long_fails_its_task_for_good_and_says_what_is_too_long()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        silos.Script.Result = $$"""{"rows": 1, "columns": ["{{new string('n', 4_000_000)}}"]}""";
        var task = await silos.EndAsync(await silos.CreateAsync());
        Assert.Equal((TaskStatuses.Failed, 1, null), (task.Status, task.Attempts, task.Result));
        Assert.Equal("The result is too long: it has 4000028 bytes, 4000004 of them in columns, and may have 1048576.", task.ErrorMessage);

        silos.Script.Result = $"\"{new string('n', 1_048_574)}\"";
        Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(await silos.CreateAsync())).Status);
    }

    [Fact]
    public async Task A_handler_keeps_no_thread_of_the_silo_busy_neither_at_its_start_nor_after_it_has_waited()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var threads = new List<Thread>();
        silos.Script.Run = async (_, stop) =>
        {
            threads.Add(Thread.CurrentThread);
            await Task.Run(() => { }, stop);
            threads.Add(Thread.CurrentThread);
        };

        await silos.EndAsync(await silos.CreateAsync());

        Assert.All(threads, thread => Assert.False(thread.IsThreadPoolThread));
        Assert.Equal(2, threads.Count);
    }

    [Fact]
    public async Task A_task_that_was_asked_for_too_early_is_seen_once_it_is_made()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        Assert.Null(await silos.Task(1000).Get());

        var made = await silos.Create(1000, new CreateTask("command-1", TaskSilos.Owner, TaskSilos.Type, Priorities.Low, "{}", TimeProvider.System.Now().AddHours(1)));

        Assert.Equal(made, await silos.ViewAsync(1000));
        Assert.Equal(CancelOutcome.Cancelled, (await silos.CancelAsync(1000)).Outcome);
    }

    [Fact]
    public async Task A_create_that_is_repeated_is_the_same_task_and_another_command_is_refused()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var command = new CreateTask("command-1", TaskSilos.Owner, TaskSilos.Type, Priorities.Low, "{}", TimeProvider.System.Now().AddHours(1));
        var first = await silos.Create(1000, command);
        await silos.RecycleAsync(1000);
        Assert.Equal(first, await silos.Create(1000, command));
        await Assert.ThrowsAsync<InvalidOperationException>(() => silos.Create(1000, command with { CommandId = "command-2" }));
        Assert.Single(silos.EventsOf(1000));
    }

    [Fact]
    public async Task A_handler_that_fails_unexpectedly_is_tried_again_until_its_attempts_are_spent()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        silos.Script.Run = (_, _) => throw new InvalidOperationException("secret");
        var task = await silos.EndAsync(await silos.CreateAsync(maxAttempts: 2));
        Assert.Equal((TaskStatuses.Failed, 2), (task.Status, task.Attempts));
        Assert.Equal("The handler failed unexpectedly (InvalidOperationException).", task.ErrorMessage);
        Assert.Equal(
            ["task_created", "task_started", "task_retried", "task_started", "task_failed"], silos.EventsOf(task.TaskId).Select(raised => raised.Type));
    }

    [Fact]
    public async Task An_input_that_can_never_be_used_fails_at_once_with_whatever_its_message_holds()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        silos.Script.Run = (_, _) => throw new TaskInputException("select: there is no column 'a\0b'.");
        var task = await silos.EndAsync(await silos.CreateAsync(maxAttempts: 5));
        Assert.Equal((TaskStatuses.Failed, 1, "select: there is no column 'a\uFFFDb'."), (task.Status, task.Attempts, task.ErrorMessage));
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_is_stopped()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        silos.Script.Run = (_, stop) => Task.Delay(Timeout.Infinite, stop);
        var task = await silos.EndAsync(await silos.CreateAsync(maxAttempts: 1, timeoutSeconds: 1));
        Assert.Equal((TaskStatuses.Failed, "The attempt took longer than 1 seconds."), (task.Status, task.ErrorMessage));
    }

    [Fact]
    public async Task A_handler_that_does_not_let_go_keeps_neither_its_task_nor_its_slot()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: [("Tasks:HandlerLetsGoWithin", "00:00:00.1"), ("Tasks:MaxInFlight", "1")]);
        var never = new TaskCompletionSource();
        silos.Script.Run = (_, _) => never.Task;
        var stuck = await silos.EndAsync(await silos.CreateAsync(maxAttempts: 1, timeoutSeconds: 1));
        Assert.Equal((TaskStatuses.Failed, "The attempt took longer than 1 seconds."), (stuck.Status, stuck.ErrorMessage));
        silos.Script.Run = (_, _) => Task.CompletedTask;
        Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(await silos.CreateAsync())).Status);
        never.SetResult();
    }

    [Fact]
    public async Task A_task_runs_at_its_time_and_not_before()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var runAt = TimeProvider.System.Now().AddSeconds(1.5);
        var task = await silos.EndAsync(await silos.CreateAsync(runAt: runAt));
        Assert.Equal(runAt, task.RunAt);
        Assert.InRange(task.StartedAt!.Value, runAt, runAt.AddSeconds(10));
    }

    [Fact]
    public async Task A_running_task_that_is_cancelled_ends_cancelled_once_its_handler_lets_go()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        silos.Script.Run = (_, stop) => Task.Delay(Timeout.Infinite, stop);
        var id = await silos.CreateAsync();
        await silos.Script.NextAsync();

        var answer = await silos.CancelAsync(id);
        Assert.Equal((CancelOutcome.Cancelling, TaskStatuses.Cancelling), (answer.Outcome, answer.Status));
        Assert.Equal(TaskStatuses.Cancelled, (await silos.EndAsync(id)).Status);
        Assert.Equal(CancelOutcome.HasEnded, (await silos.CancelAsync(id)).Outcome);
    }

    [Fact]
    public async Task A_task_that_is_being_cancelled_ends_cancelled_although_its_handler_ended_well()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var mayEnd = new TaskCompletionSource();
        silos.Script.Run = (_, _) => mayEnd.Task;
        var id = await silos.CreateAsync();
        await silos.Script.NextAsync();

        Assert.Equal(CancelOutcome.Cancelling, (await silos.CancelAsync(id)).Outcome);
        Assert.Equal(CancelOutcome.Cancelling, (await silos.CancelAsync(id)).Outcome);
        mayEnd.SetResult();
        var task = await silos.EndAsync(id);
        Assert.Equal((TaskStatuses.Cancelled, null), (task.Status, task.Result));
        Assert.Equal(["task_created", "task_started", "task_cancelled"], silos.EventsOf(id).Select(raised => raised.Type));
    }

    [Fact]
    public async Task A_task_is_cancelled_by_its_owner_or_an_administrator_and_unknown_to_others()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var later = TimeProvider.System.Now().AddHours(1);
        var id = await silos.CreateAsync(runAt: later);
        Assert.Equal(CancelOutcome.NotFound, (await silos.Task(id).Cancel(new Caller(7, "airliner", [Roles.User]))).Outcome);
        Assert.Equal(CancelOutcome.NotFound, (await silos.Task(id).Cancel(new Caller(7, "airliner", [Roles.Operator]))).Outcome);
        Assert.Equal(CancelOutcome.NotFound, (await silos.Task(silos.NextId()).Cancel(new Caller(7, "airliner", [Roles.Admin]))).Outcome);
        var answer = await silos.Task(id).Cancel(new Caller(7, "airliner", [Roles.Admin]));
        Assert.Equal((CancelOutcome.Cancelled, TaskStatuses.Cancelled), (answer.Outcome, answer.Status));
    }

    [Fact]
    public async Task A_report_of_an_attempt_that_is_not_the_running_one_is_ignored()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        silos.Script.Run = (_, stop) => Task.Delay(Timeout.Infinite, stop);
        var id = await silos.CreateAsync();
        await silos.Script.NextAsync();
        var owner = (await TasksDatabase.ReadAsync(silos.Database.Tasks, id)).State!.LeaseOwner;
        Assert.Equal(LeaseOutcome.Lost, await silos.Task(id).Finish(new(owner, 2), new AttemptResult(Result: "{}")));
        Assert.Equal(LeaseOutcome.Lost, await silos.Task(id).Finish(new(owner, 0), new AttemptResult(Error: "late", Retry: true)));
        Assert.Equal(LeaseOutcome.Lost, await silos.Task(id).Finish(new("worker:c_other/1", 1), new AttemptResult(Result: "{}")));
        Assert.Equal(LeaseOutcome.Lost, await silos.Task(id).Progress(new("worker:c_other/1", 1), 50));
        Assert.Equal(LeaseOutcome.Lost, await silos.Task(id).Renew(new(owner, 2)));
        Assert.Equal(LeaseOutcome.Held, await silos.Task(id).Renew(new(owner, 1)));
        Assert.Equal(TaskStatuses.Processing, (await silos.ViewAsync(id)).Status);
    }

    [Fact]
    public async Task A_task_whose_activation_ended_while_it_ran_still_gets_its_result()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var mayEnd = new TaskCompletionSource();
        silos.Script.Run = (_, _) => mayEnd.Task;
        var id = await silos.CreateAsync();
        await silos.Script.NextAsync();
        await silos.RecycleAsync(id);
        mayEnd.SetResult();
        Assert.Equal((TaskStatuses.Completed, 1), ((await silos.EndAsync(id)).Status, (await silos.ViewAsync(id)).Attempts));
    }
}
