using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Running;

public sealed class QueueTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tasks_run_in_the_order_of_priority_and_age()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:MaxInFlight", "1"));
        var now = TimeProvider.System.Now();
        var release = await HoldTheOnlySlotAsync(silos);
        await silos.Database.InsertAsync((10, TaskSilos.Pending(10, now.AddMinutes(-65), Priorities.Low)));
        long[] later = [await silos.CreateAsync(Priorities.Low), await silos.CreateAsync(Priorities.Critical), await silos.CreateAsync(Priorities.High)];
        await silos.Readings.MoreAsync(3); // The second began after the insert, and has been taken up before the third.
        release.SetResult();

        var order = new List<long>();
        while (order.Count < 4)
        {
            if ((await silos.Script.NextAsync()).TaskId is var id && (id == 10 || later.Contains(id)))
                order.Add(id);
        }

        Assert.Equal([10, later[1], later[2], later[0]], order);
    }

    [Fact]
    public async Task No_more_tasks_run_at_once_than_there_are_slots()
    {
        await using var silos = await TaskSilos.StartAsync(server, silos: 2, settings: ("Tasks:MaxInFlight", "3"));
        var (running, most, rounds) = (0, 0, new SemaphoreSlim(0));
        silos.Script.Run = async (_, stop) =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            if (now == 3)
                rounds.Release(3);
            await rounds.WaitAsync(stop);
            Interlocked.Decrement(ref running);
        };
        var ids = new List<long>();
        for (var i = 0; i < 30; i++)
            ids.Add(await silos.CreateAsync());
        foreach (var id in ids)
            Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(id)).Status);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task A_task_whose_hint_was_lost_is_found_in_the_table()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        await silos.Database.InsertAsync((10, TaskSilos.Pending(10, TimeProvider.System.Now())));
        Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(10)).Status);
    }

    [Fact]
    public async Task A_task_that_is_cancelled_while_it_waits_never_starts()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:MaxInFlight", "1"));
        var release = await HoldTheOnlySlotAsync(silos);
        var cancelled = await silos.CreateAsync(Priorities.Critical);
        var other = await silos.CreateAsync(Priorities.Low);
        Assert.Equal(CancelOutcome.Cancelled, (await silos.CancelAsync(cancelled)).Outcome);
        release.SetResult();
        Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(other)).Status);
        Assert.DoesNotContain(silos.Script.All, begun => begun.TaskId == cancelled);
        Assert.Equal(["task_created", "task_cancelled"], silos.EventsOf(cancelled).Select(raised => raised.Type));
    }

    [Fact]
    public async Task What_becomes_due_goes_before_a_full_window_of_less_urgent_tasks()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:MaxInFlight", "1"));
        var now = TimeProvider.System.Now();
        var release = await HoldTheOnlySlotAsync(silos);
        await silos.Database.InsertAsync(Enumerable.Range(10, 3000).Select(id => ((long)id, TaskSilos.Pending(id, now, Priorities.Low))));
        await silos.Readings.MoreAsync(3); // The second began after the insert, and has been taken up before the third.
        await silos.Database.InsertAsync((9999, TaskSilos.Pending(9999, now, Priorities.Critical)));
        await silos.Readings.MoreAsync(3); // The second began after the insert, and has been taken up before the third.
        release.SetResult();
        Assert.Equal(9999, (await silos.Script.NextAsync()).TaskId);
    }

    [Fact]
    public async Task Thousands_of_quick_tasks_complete_without_waiting_for_the_second()
    {
        const int Tasks = 5000;
        await using var silos = await TaskSilos.StartAsync(server);
        var (ended, all) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        silos.Relay.OnTaken = raised =>
        {
            if (raised.Type == "task_completed" && Interlocked.Increment(ref ended) == Tasks)
                all.SetResult();
        };
        var now = TimeProvider.System.Now();
        var began = TimeProvider.System.GetTimestamp();
        await silos.Database.InsertAsync(Enumerable.Range(10, Tasks).Select(id => ((long)id, TaskSilos.Pending(id, now))));
        try
        {
            await all.Task.WaitAsync(TimeSpan.FromMinutes(5), Token);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{ended} of {Tasks} tasks ended in five minutes, {silos.Readings.Count} readings of the table.");
        }

        var took = TimeProvider.System.GetElapsedTime(began);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Tasks} tasks in {took.TotalSeconds:0.0} s, {Tasks / took.TotalSeconds:0} a second, {silos.Readings.Count} readings of the table.");

        var left = await silos.Queries.List(new TaskFilter(), new PageRequest(200, null, 0));
        Assert.Equal(Tasks, left.Total);
        Assert.Equal(Tasks, silos.Script.All.Select(begun => begun.TaskId).Distinct().Count());
        Assert.Equal(Tasks, silos.Script.All.Count);
    }

    /// <summary>Fills the queue's only slot until the test lets go of it.</summary>
    internal static async Task<TaskCompletionSource> HoldTheOnlySlotAsync(TaskSilos silos)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        silos.Script.Run = (_, _) => release.Task;
        await silos.CreateAsync(Priorities.Critical);
        await silos.Script.NextAsync();
        return release;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
