using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Lifecycle;

public sealed class TimeLimitTests(PostgresServer server)
{
    [Fact]
    public async Task A_task_that_nobody_takes_fails_when_its_time_to_start_is_over_and_is_told_once_by_several_silos()
    {
        await using var silos = await TaskSilos.StartAsync(server, silos: 2);
        const long Id = 10;
        await silos.Database.InsertAsync((Id, TaskSilos.Pending(Id, TimeProvider.System.Now()) with { TaskType = "nobodys", StartWithinSeconds = 1 }));
        var task = await silos.EndAsync(Id);
        Assert.Equal((TaskStatuses.Failed, 0, "It did not start within 1 seconds of being due."), (task.Status, task.Attempts, task.ErrorMessage));
        await Task.WhenAll(silos.Task(Id).Expire(), silos.Task(Id).Expire());
        Assert.Equal(["task_failed"], silos.EventsOf(Id).Select(raised => raised.Type));
    }

    [Fact]
    public async Task A_task_that_waits_for_a_slot_fails_when_its_deadline_has_passed_and_the_others_run()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:MaxInFlight", "1"));
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        silos.Script.Run = (_, _) => release.Task;
        await silos.CreateAsync();
        await silos.Script.NextAsync();

        var deadline = TimeProvider.System.Now().AddSeconds(1);
        var late = await CreateAsync(silos, deadline);
        var task = await silos.EndAsync(late);
        Assert.Equal((TaskStatuses.Failed, deadline), (task.Status, task.Deadline));
        Assert.StartsWith("It did not start before its deadline, ", task.ErrorMessage, StringComparison.Ordinal);
        var other = await silos.CreateAsync();
        release.SetResult();
        Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(other)).Status);
    }

    [Fact]
    public async Task A_running_attempt_is_stopped_at_the_deadline_and_not_followed_by_another()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        // The first task of a silo takes longer to start.
        await silos.EndAsync(await silos.CreateAsync());
        silos.Script.Run = (_, stop) => Task.Delay(Timeout.Infinite, stop);
        var task = await silos.EndAsync(await CreateAsync(silos, TimeProvider.System.Now().AddSeconds(5)));
        Assert.Equal((TaskStatuses.Failed, 1), (task.Status, task.Attempts));
        Assert.Matches("^The attempt took longer than [0-9.]+ seconds. It (is not tried again: the next attempt would begin after|did not start before) its deadline, ", task.ErrorMessage);
    }

    [Fact]
    public async Task A_handler_that_ends_well_after_the_deadline_has_failed_its_task()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        await silos.EndAsync(await silos.CreateAsync());
        silos.Script.Run = async (_, stop) => await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var task = await silos.EndAsync(await CreateAsync(silos, TimeProvider.System.Now().AddSeconds(5)));
        Assert.Equal((TaskStatuses.Failed, 1, null), (task.Status, task.Attempts, task.Result));
        Assert.StartsWith("It did not complete before its deadline, ", task.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_whose_deadline_has_passed_is_not_started_although_the_sweep_has_not_come_by()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var now = TimeProvider.System.Now();
        await silos.Database.InsertAsync((10, TaskSilos.Pending(10, now.AddMinutes(-1)) with { Deadline = now.AddSeconds(-1) }));
        Assert.Equal(TaskStatuses.Failed, (await silos.EndAsync(10)).Status);
        Assert.Empty(silos.Script.All);
    }

    [Fact]
    public async Task A_failed_attempt_is_followed_by_the_next_after_its_type_s_wait()
    {
        await using var silos = await TaskSilos.StartAsync(
            server, settings: [($"Tasks:Types:{TaskSilos.Type}:Retry:FirstWait", "00:01:00"), ($"Tasks:Types:{TaskSilos.Type}:Retry:Jitter", "0")]);
        silos.Script.Run = (_, _) => throw new InvalidOperationException();
        var id = await silos.CreateAsync();
        await silos.RaisedAsync(id, "task_retried");
        var task = await silos.ViewAsync(id);
        Assert.Equal((TaskStatuses.Pending, task.UpdatedAt.AddMinutes(1)), (task.Status, task.NextAttemptAt));
    }

    [Fact]
    public async Task An_attempt_that_its_worker_keeps_up_beyond_its_time_is_followed_by_the_next_after_its_type_s_wait()
    {
        await using var silos = await TaskSilos.StartAsync(
            server, settings: [($"Tasks:Types:{TaskSilos.Type}:Retry:FirstWait", "00:01:00"), ($"Tasks:Types:{TaskSilos.Type}:Retry:Jitter", "0")]);
        const long Id = 10;
        var past = TimeProvider.System.Now().AddMinutes(-5);
        var outOfTime = (TaskSilos.Pending(Id, past) with { TimeoutSeconds = 60 }).Started(Id, LeaseNames.OfWorker("c_tests/w"), TimeSpan.FromSeconds(90), past) with
        { Raised = [] };
        await silos.Database.InsertAsync((Id, outOfTime));
        await silos.RaisedAsync(Id, "task_retried");
        var task = await silos.ViewAsync(Id);
        Assert.Equal(
            (TaskStatuses.Pending, "The attempt took longer than 60 seconds.", task.UpdatedAt.AddMinutes(1)), (task.Status, task.ErrorMessage, task.NextAttemptAt));
    }

    private static async Task<long> CreateAsync(TaskSilos silos, DateTimeOffset deadline)
    {
        var id = silos.NextId();
        await silos.Create(id, new CreateTask($"command-{id}", TaskSilos.Owner, TaskSilos.Type, Priorities.Medium, "{}", Deadline: deadline));
        return id;
    }
}
