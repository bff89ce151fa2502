using Airliner.Contracts.Tasks;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.History;

/// <summary>Whoever waits for what happens to a task hears of it, whichever silo it happens in.</summary>
public sealed class TaskWatchTests(PostgresServer server)
{
    [Fact]
    public async Task A_watcher_sees_each_event_once_and_in_order_and_learns_that_the_task_has_ended()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var mayEnd = new TaskCompletionSource();
        silos.Script.Run = (_, stop) => mayEnd.Task.WaitAsync(stop);
        var id = await silos.CreateAsync();
        var begun = silos.Script.NextAsync();

        var seen = await WatchAsync(silos, id, async sequence =>
        {
            if (sequence == 2)
            {
                await begun;
                mayEnd.SetResult();
            }
        });

        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public async Task What_is_committed_behind_the_silo_s_back_is_found_in_the_table()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var id = await silos.CreateAsync(runAt: TimeProvider.System.GetUtcNow().AddDays(1));
        var waiting = WaitAsync(silos, id, after: 1);

        await silos.Database.ExecuteAsync($$"""insert into task_history values ({{id}}, 2, '{"eventType": "task_written_by_another"}')""");

        Assert.Equal([2], (await waiting).Facts.Items.Select(fact => fact.Sequence));
    }

    [Fact]
    public async Task A_wait_for_a_task_that_has_ended_or_is_gone_ends_at_once()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var id = await silos.CreateAsync();
        await silos.EndAsync(id);

        var ended = await WaitAsync(silos, id, after: 3);
        Assert.Equal((true, 0), (ended.HasEnded, ended.Facts.Items.Count));
        Assert.Null(Assert.IsType<TaskNews>(await History(silos).Wait(1, 0)).History);
    }

    [Fact]
    public async Task A_watcher_goes_on_while_silos_are_killed_and_started()
    {
        await using var silos = await TaskSilos.StartAsync(server, silos: 2, settings: ("Tasks:Lease", "01:00:00"));
        silos.Script.Run = (_, stop) => Task.Delay(Timeout.Infinite, stop);
        var id = await silos.CreateAsync();
        var first = await silos.Script.NextAsync();
        silos.Script.Run = (_, _) => Task.CompletedTask;

        var seen = await WatchAsync(silos, id, async sequence =>
        {
            if (sequence == 2)
                await silos.KillAsync(first.Silo);
        });

        // Created, started, retried, started, completed.
        Assert.Equal([1, 2, 3, 4, 5], seen);
    }

    private static ITaskHistoryGrain History(TaskSilos silos) => silos.Grains.GetGrain<ITaskHistoryGrain>(0);

    /// <summary>The sequences of a task's events as they happen, until it has ended.</summary>
    private static async Task<List<long>> WatchAsync(TaskSilos silos, long id, Func<long, Task> saw)
    {
        var seen = new List<long>();
        while (true)
        {
            var history = await WaitAsync(silos, id, seen.LastOrDefault());
            foreach (var fact in history.Facts.Items)
            {
                seen.Add(fact.Sequence);
                await saw(fact.Sequence);
            }

            if (history.HasEnded)
                return seen;
        }
    }

    /// <summary>Waits as gateways do, who ask again.</summary>
    private static async Task<TaskHistory> WaitAsync(TaskSilos silos, long id, long after)
    {
        while (true)
        {
            if (await Trying(() => History(silos).Wait(id, after)) is { } news)
                return Assert.IsType<TaskHistory>(news.History);
        }
    }

    /// <summary>Of a silo that is lost there is no answer.</summary>
    private static async Task<TaskNews?> Trying(Func<Task<TaskNews?>> wait)
    {
        try
        {
            return await wait();
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            return null;
        }
    }
}
