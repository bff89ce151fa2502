using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Silo.Storage;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Running;

/// <summary>Two activations of one queue, as Orleans may make during a partition.</summary>
public sealed class EpochTests(PostgresServer server)
{
    [Fact]
    public async Task Two_halves_of_a_cluster_never_run_more_together_than_one_may()
    {
        var (one, other) = await TaskSilos.StartHalvesAsync(server, ("Tasks:MaxInFlight", "3"), ($"Tasks:Types:{TaskSilos.Type}:MaxInFlightPerUser", "3"));
        await using var _ = other;
        await using var __ = one;
        var (running, most) = (0, 0);
        one.Script.Run = other.Script.Run = async (_, stop) =>
        {
            var now = Interlocked.Increment(ref running);
            for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
                Interlocked.CompareExchange(ref most, now, seen);
            await Task.Delay(TimeSpan.FromMilliseconds(50), stop); // The work.
            Interlocked.Decrement(ref running);
        };
        // One half hears of the tasks by hints and the other by its table; each follows the other from time to time.
        var tasks = new List<long>();
        while (tasks.Count < 60 || one.Script.All.IsEmpty || other.Script.All.IsEmpty)
        {
            for (var i = 0; i < 20; i++)
                tasks.Add(await one.CreateAsync());
            await Task.WhenAll(tasks.TakeLast(20).Select(id => Task.WhenAny(one.RaisedAsync(id, "task_completed"), other.RaisedAsync(id, "task_completed"))));
        }

        Assert.Equal(3, most);
        // Each ran once.
        Assert.Equal(tasks, one.Script.All.Concat(other.Script.All).Select(begun => begun.TaskId).Order());
    }

    [Fact]
    public async Task A_queue_that_another_activation_has_followed_starts_nothing_more_until_it_has_counted_anew()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:MaxInFlight", "2"));
        await silos.EndAsync(await silos.CreateAsync());
        var table = new QueueTable(silos.Database.Source);

        // The other activation takes its epoch, and starts two in silos that this one does not hear of: at once, so that nobody counts in between.
        var now = TimeProvider.System.Now();
        await silos.Database.InsertAsync((10, Elsewhere(10)), (11, Elsewhere(11)));
        var epoch = (long)(await silos.Database.ScalarAsync(
            $"""
            with taken as (update task_queues set epoch = epoch + 1 where task_type = '{TaskSilos.Type}' returning epoch),
                started as (update tasks set task_type = '{TaskSilos.Type}', queue_epoch = taken.epoch from taken where id in (10, 11))
            select epoch from taken
            """))!;
        var waiting = await silos.CreateAsync(Priorities.Critical);
        await silos.Readings.MoreAsync(4); // The first may be the old activation's.
        Assert.Equal(TaskStatuses.Pending, (await silos.ViewAsync(waiting)).Status);
        Assert.Single(silos.Script.All);

        await silos.Database.ExecuteAsync("update tasks set status = 'completed', version = version + 1 where id = 10");
        Assert.Equal((TaskStatuses.Completed, 1), ((await silos.EndAsync(waiting)).Status, (await silos.ViewAsync(waiting)).Attempts));
        Assert.True((await table.FindRunningAsync(TaskSilos.Type)).Epoch > epoch);

        Grains.TaskState Elsewhere(long id) =>
            TaskSilos.Pending(id, now).Started(id, silos.SiloAddress, TimeSpan.FromHours(1), now) with { TaskType = "elsewhere", Raised = [] };
    }

    [Fact]
    public async Task A_start_of_which_nobody_knows_whether_it_happened_keeps_its_slot_until_the_table_tells()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:MaxInFlight", "1"));
        var release = await QueueTests.HoldTheOnlySlotAsync(silos);
        var table = new QueueTable(silos.Database.Source);
        var before = (await table.FindRunningAsync(TaskSilos.Type)).Epoch;
        // Its row changes behind the back of its activation, so that the first start fails in doubt.
        var id = await silos.CreateAsync();
        await silos.ViewAsync(id);
        await silos.Database.ExecuteAsync($"update tasks set version = version + 1 where id = {id}");
        release.SetResult();
        Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(id)).Status);
        Assert.Equal(before + 1, (await table.FindRunningAsync(TaskSilos.Type)).Epoch);
    }
}
