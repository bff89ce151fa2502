using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Running;

public sealed class FairnessTests(PostgresServer server)
{
    private const long Flooder = 1001;
    private const long Newcomer = 1002;

    [Fact]
    public async Task A_user_with_a_hundred_thousand_tasks_does_not_delay_another_s_first()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:MaxInFlight", "1"));
        var holding = await QueueTests.HoldTheOnlySlotAsync(silos);
        await FloodAsync(silos, 100_000, Priorities.Medium);
        await silos.Readings.MoreAsync(3); // The second began after the flood, and has been taken up before the third.
        // No hint: a reading finds it.
        await silos.Database.InsertAsync((9, Of(9, Newcomer, Priorities.Medium)));
        await silos.Readings.MoreAsync(3); // The second began after the insert, and has been taken up before the third.
        holding.SetResult();
        Assert.Equal(9, await NextOfAsync(silos, Newcomer, atMost: 2));
    }

    [Fact]
    public async Task A_flood_of_critical_tasks_does_not_keep_away_what_has_waited_an_hour_whatever_its_priority()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:MaxInFlight", "1"));
        var holding = await QueueTests.HoldTheOnlySlotAsync(silos);
        await FloodAsync(silos, 5000, Priorities.Critical);
        var now = TimeProvider.System.Now();
        await silos.Database.InsertAsync(
            (7, Of(7, 1007, Priorities.Low, now.AddMinutes(-61))), (8, Of(8, 1008, Priorities.Medium, now.AddMinutes(-61))), (9, Of(9, Newcomer, Priorities.Medium, now)));
        await silos.Readings.MoreAsync(3);
        holding.SetResult();

        var begun = new List<long>();
        while (begun.Count < 10)
            begun.Add((await silos.Script.NextAsync()).TaskId);
        Assert.Subset(begun.Take(4).ToHashSet(), new HashSet<long> { 7, 8 });
        // What is new and less urgent waits: a critical task goes first.
        Assert.DoesNotContain(9, begun);
    }

    [Fact]
    public async Task Tasks_of_one_user_that_do_not_end_leave_a_slot_for_another_s_first()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:MaxInFlight", "4"));
        silos.Script.Run = (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop);
        await FloodAsync(silos, 2000, Priorities.Critical);
        for (var i = 0; i < 3; i++)
            Assert.Equal(Flooder, await NextUserAsync(silos));

        await silos.Database.InsertAsync((9, Of(9, Newcomer, Priorities.Low)));
        Assert.Equal(9, await NextOfAsync(silos, Newcomer, atMost: 1));
        Assert.Equal(3, await MostRunningAsync(silos));
    }

    [Fact]
    public async Task A_user_at_the_limit_of_its_own_waits_and_others_take_the_slots()
    {
        await using var silos = await TaskSilos.StartAsync(
            server, settings: [("Tasks:MaxInFlight", "3"), ($"Tasks:Types:{TaskSilos.Type}:MaxInFlightPerUser", "2")]);
        var release = new SemaphoreSlim(0);
        silos.Script.Run = (_, stop) => release.WaitAsync(stop);
        await FloodAsync(silos, 2000, Priorities.Critical);
        Assert.Equal((Flooder, Flooder), (await NextUserAsync(silos), await NextUserAsync(silos)));

        await silos.Database.InsertAsync(Enumerable.Range(10, 30).Select(id => ((long)id, Of(id, Newcomer, Priorities.Low))));
        Assert.Equal(Newcomer, await NextUserAsync(silos));
        await silos.Readings.MoreAsync(2);
        Assert.Equal(3, silos.Script.All.Count);
        // Whosever ends, nobody ever has more than two.
        for (var i = 0; i < 20; i++)
        {
            release.Release();
            await silos.Script.NextAsync();
            Assert.InRange(await MostRunningAsync(silos), 1, 2);
        }
    }

    [Fact]
    public async Task Thousands_of_users_with_a_task_each_are_all_reached()
    {
        const int Users = 3000;
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:MaxInFlight", "64"));
        await silos.Database.SeedAsync(Many(Users, "id", Priorities.Medium, startsAt: 100_000));
        for (var i = 0; i < Users; i++)
            await silos.Script.NextAsync();
        Assert.Equal(Users, silos.Script.All.Select(begun => begun.TaskId).Distinct().Count());
    }

    private static TaskState Of(long id, long userId, string priority, DateTimeOffset? dueAt = null) =>
        TaskSilos.Pending(id, dueAt ?? TimeProvider.System.Now(), priority) with { UserId = userId };

    private static Task FloodAsync(TaskSilos silos, int tasks, string priority) =>
        silos.Database.SeedAsync(Many(tasks, $"{Flooder}", priority, startsAt: 100_000));

    /// <summary>Inserts tasks that are due since a second, all at once and without the triggers, which would look at each.</summary>
    private static string Many(int tasks, string userId, string priority, int startsAt) => $"""
        set session_replication_role = replica;
        insert into tasks (id, version, event_sequence, command_id, reference, task_type, user_id, priority, status, progress, parameters, attempts, max_attempts,
            timeout_seconds, due_at, queue_order, lease_owner, created_at, updated_at)
        select id, 1, 1, id, id, '{TaskSilos.Type}', {userId}, '{priority}', 'pending', 0, '{"{}"}', 0, 3, 60,
            now() - interval '1 second', now() - interval '1 second' - interval '{Priorities.Boost(priority).TotalSeconds} seconds', '', now(), now()
        from generate_series({startsAt}, {startsAt + tasks - 1}) as id;
        set session_replication_role = origin
        """;

    private static async Task<long> NextOfAsync(TaskSilos silos, long userId, int atMost)
    {
        for (var i = 0; i < atMost; i++)
        {
            var id = (await silos.Script.NextAsync()).TaskId;
            if ((await silos.ViewAsync(id)).UserId == userId)
                return id;
        }

        return 0;
    }

    private static async Task<long> NextUserAsync(TaskSilos silos) => (await silos.ViewAsync((await silos.Script.NextAsync()).TaskId)).UserId;

    private static async Task<long> MostRunningAsync(TaskSilos silos)
    {
        await using var command = silos.Database.Source.CreateCommand(
            "select max(running) from (select count(*) as running from tasks where status = 'processing' group by user_id) as users");
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
