using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Running;

public sealed class LostSiloTests(PostgresServer server)
{
    [Fact]
    public async Task An_attempt_whose_lease_ran_out_while_its_silo_runs_it_is_not_lost()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var mayEnd = new TaskCompletionSource();
        silos.Script.Run = (_, stop) => mayEnd.Task.WaitAsync(stop);
        var id = await silos.CreateAsync(maxAttempts: 1);
        await silos.Script.NextAsync();

        // As it is after the database was away for longer than a lease.
        await silos.Database.ExecuteAsync($"update tasks set version = version + 1, lease_until = now() - interval '1 second' where id = {id}");
        await silos.RecycleAsync(id);
        await using var holds = silos.Database.Source.CreateCommand($"select lease_until > now() from tasks where id = {id}");
        await Eventually.Is<object?>(true, () => holds.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        mayEnd.SetResult();

        var task = await silos.EndAsync(id);
        Assert.Equal((TaskStatuses.Completed, 1), (task.Status, task.Attempts));
    }

    [Fact]
    public async Task What_a_silo_ran_that_is_stopped_runs_in_another_at_once_and_the_attempt_does_not_count()
    {
        // A lease that outlasts the test: only what is handed back runs again.
        await using var silos = await TaskSilos.StartAsync(server, silos: 2, settings: ("Tasks:Lease", "01:00:00"));
        silos.Script.Run = (_, stop) => Task.Delay(Timeout.Infinite, stop);
        var id = await silos.CreateAsync(maxAttempts: 1);
        var first = await silos.Script.NextAsync();
        silos.Script.Run = (_, _) => Task.CompletedTask;
        await silos.StopAsync(first.Silo);

        var task = await EndAsync(silos, id);
        Assert.Equal((TaskStatuses.Completed, 2), (task.Status, task.Attempts));
        Assert.True(first.Stop.IsCancellationRequested);
        Assert.Equal(["task_created", "task_started", "task_retried", "task_started", "task_completed"], silos.EventsOf(id).Select(raised => raised.Type));
        Assert.NotEqual(first.Silo, (await silos.Script.NextAsync()).Silo);
    }

    [Fact]
    public async Task What_a_killed_silo_ran_is_run_again_and_ends()
    {
        await using var silos = await TaskSilos.StartAsync(server, silos: 2, settings: ("Tasks:Lease", "01:00:00"));
        silos.Script.Run = (_, stop) => Task.Delay(Timeout.Infinite, stop);
        var id = await silos.CreateAsync();
        var waiting = await silos.CreateAsync(runAt: TimeProvider.System.Now().AddSeconds(3));
        var first = await silos.Script.NextAsync();
        silos.Script.Run = (_, _) => Task.CompletedTask;
        await silos.KillAsync(first.Silo);

        var task = await EndAsync(silos, id);
        Assert.Equal((TaskStatuses.Completed, 2), (task.Status, task.Attempts));
        Assert.Equal(TaskStatuses.Completed, (await EndAsync(silos, waiting)).Status);
    }

    [Fact]
    public async Task A_task_whose_lease_has_run_out_is_run_again_or_cancelled_as_it_was_told()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var past = TimeProvider.System.Now().AddMinutes(-5);
        var lost = TaskSilos.Pending(10, past).Started(10, "127.0.0.1:11@1", TimeSpan.FromSeconds(1), past) with { Raised = [] };
        await silos.Database.InsertAsync(
            (10, lost), (11, lost.Cancelling(past)), (12, lost with { Attempts = 3, MaxAttempts = 3 }));

        var again = await silos.EndAsync(10);
        Assert.Equal((TaskStatuses.Completed, 2), (again.Status, again.Attempts));
        Assert.Equal(TaskStatuses.Cancelled, (await silos.EndAsync(11)).Status);
        var spent = await silos.EndAsync(12);
        Assert.Equal((TaskStatuses.Failed, "The silo that ran the task was lost."), (spent.Status, spent.ErrorMessage));
    }

    [Fact]
    public async Task A_task_that_runs_longer_than_its_lease_keeps_it_by_its_signs_of_life()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:Lease", "00:00:06"));
        var mayEnd = new TaskCompletionSource();
        silos.Script.Run = (_, stop) => mayEnd.Task.WaitAsync(stop);
        var id = await silos.CreateAsync();
        await silos.Script.NextAsync();
        // Each reading of the queue is a look for tasks whose lease has run out.
        for (var first = await LeaseAsync(); await LeaseAsync() <= first + TimeSpan.FromSeconds(6);)
            await silos.Readings.MoreAsync(1);
        mayEnd.SetResult();

        var task = await silos.EndAsync(id);
        Assert.Equal((TaskStatuses.Completed, 1), (task.Status, task.Attempts));

        async Task<DateTimeOffset> LeaseAsync() => (await TasksDatabase.ReadAsync(silos.Database.Tasks, id)).State!.LeaseUntil!.Value;
    }

    /// <summary>The task once it has ended, also while the cluster has not settled.</summary>
    private static async Task<TaskView> EndAsync(TaskSilos silos, long id)
    {
        await silos.RaisedAsync(id, "task_completed", "task_failed", "task_cancelled");
        return await TaskSilos.UntilAnsweredAsync(() => silos.ViewAsync(id));
    }
}
