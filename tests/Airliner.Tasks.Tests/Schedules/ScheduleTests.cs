using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains.Schedules;
using Airliner.Tasks.Silo.Schedules;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Schedules;

/// <summary>Schedules in silos: each run makes one task, whatever happens.</summary>
public sealed class ScheduleTests(PostgresServer server)
{
    /// <summary>The silos look for nothing by themselves: the test tells the schedule.</summary>
    private static readonly (string, string) _noSweep = ("Tasks:Schedules:SweepInterval", "01:00:00");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_silos_that_look_for_due_schedules_run_each_once()
    {
        await using var silos = await TaskSilos.StartAsync(server, silos: 2, settings: ("Tasks:Schedules:SweepInterval", "00:00:00.100"));
        var ids = Enumerable.Range(1, 40).Select(id => (long)id).ToList();
        await InsertAsync(silos, [.. ids.Select(id => KeyValuePair.Create(id, Due(id, "* * * * *")))]);

        var ran = new HashSet<string>();
        while (ran.Count < ids.Count)
            ran.Add((await silos.Relay.WaitForAsync(raised => raised.Type == "task_created" && !ran.Contains(raised.Subject), Token)).Subject);
        foreach (var id in ids)
            await Schedule(silos, id).Fire();

        foreach (var id in ids)
            Assert.True((await ViewAsync(silos, id)).NextRunAt > TimeProvider.System.GetUtcNow().AddMinutes(-1));
        // A minute may have begun meanwhile: of each, at most one task for each time.
        Assert.Equal(0L, await silos.Database.ScalarAsync("select count(*) from (select 1 from tasks group by split_part(command_id, '-', 3), run_at having count(*) > 1) as twice"));
        Assert.Equal(40L, await silos.Database.ScalarAsync("select count(distinct split_part(command_id, '-', 3)) from tasks"));
    }

    [Fact]
    public async Task A_silo_that_is_lost_between_the_task_and_the_row_leaves_one_task()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: _noSweep);
        var schedule = Due(1, "0 0 1 1 *");
        await InsertAsync(silos, [KeyValuePair.Create(1L, schedule)]);
        var run = schedule.NextRunAt!.Value;
        await silos.Create(77, schedule.TaskOf(1, run));

        var after = await FireAsync(silos, 1);

        Assert.Equal((77L, run), (after.LastTaskId, after.LastRunAt));
        Assert.True(after.NextRunAt > TimeProvider.System.GetUtcNow());
        Assert.Equal(1L, await silos.Database.ScalarAsync("select count(*) from tasks"));
    }

    [Fact]
    public async Task An_activation_that_another_has_overtaken_makes_nothing_and_reads_again()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: _noSweep);
        var schedule = Due(1, "0 0 1 1 *");
        await InsertAsync(silos, [KeyValuePair.Create(1L, schedule)]);
        await ViewAsync(silos, 1);
        // As the other activation leaves it, of which this one has not heard.
        await silos.Create(77, schedule.TaskOf(1, schedule.NextRunAt!.Value));
        await silos.Database.ExecuteAsync("update schedules set version = 2, next_run_at = now() + interval '1 day', last_task_id = 77");

        Assert.Equal(77L, (await FireAsync(silos, 1)).LastTaskId);
        Assert.Equal(1L, await silos.Database.ScalarAsync("select count(*) from tasks"));
        Assert.Equal(2L, await silos.Database.ScalarAsync("select version from schedules"));
    }

    [Fact]
    public async Task Missed_runs_are_made_up_for_in_their_order()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: [_noSweep, ("Tasks:Schedules:MostMissedRuns", "5")]);
        var now = TimeProvider.System.Now();
        await InsertAsync(silos, [KeyValuePair.Create(1L, Due(1, "0 * * * *") with { MissedRuns = MissedRuns.All, NextRunAt = now.AddHours(-30) })]);

        var after = await FireAsync(silos, 1);

        var tasks = (await silos.Queries.List(new TaskFilter(TaskSilos.Owner), new PageRequest(50, null, 0))).Items;
        Assert.Equal(5, tasks.Count);
        Assert.Equal((after.LastTaskId, after.LastRunAt), (tasks[0].TaskId, tasks[0].RunAt));
        Assert.Equal(Enumerable.Range(0, 5).Select(hours => after.LastRunAt!.Value.AddHours(-hours)), tasks.Select(task => task.RunAt!.Value));
        foreach (var task in tasks)
            Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(task.TaskId)).Status);
    }

    [Fact]
    public async Task A_deleted_schedule_runs_no_more()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: _noSweep);
        await InsertAsync(silos, [KeyValuePair.Create(1L, Due(1, "* * * * *"))]);

        await Schedule(silos, 1).Delete();
        await Schedule(silos, 1).Fire();

        Assert.Null(await Schedule(silos, 1).Get());
        Assert.Equal(0L, await silos.Database.ScalarAsync("select (select count(*) from tasks) + (select count(*) from schedules)"));
    }

    [Fact]
    public async Task A_user_never_has_more_than_the_limit_however_many_are_made_at_once()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:Schedules:MostPerUser", "3"));

        var results = await Task.WhenAll(Enumerable.Range(1, 10).Select(id => silos.Grains.GetGrain<IUserSchedulesGrain>(TaskSilos.Owner).Create(id, Command(id))));

        Assert.Equal(3, results.Count(result => result.Schedule is not null));
        Assert.All(results.Where(result => result.Schedule is null), result => Assert.Equal(3, result.MostPerUser));
        var made = results.First(result => result.Schedule is not null).Schedule!;
        var again = await silos.Grains.GetGrain<IUserSchedulesGrain>(TaskSilos.Owner).Create(made.ScheduleId, Command(made.ScheduleId));
        Assert.Equal(made.ScheduleId, again.Schedule?.ScheduleId);
        Assert.NotNull((await silos.Grains.GetGrain<IUserSchedulesGrain>(TaskSilos.Owner + 1).Create(20, Command(20) with { UserId = TaskSilos.Owner + 1 })).Schedule);
    }

    [Fact]
    public async Task A_user_s_schedules_are_exported_and_go_with_the_user()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: _noSweep);
        await InsertAsync(silos, [KeyValuePair.Create(1L, Due(1, "* * * * *")), KeyValuePair.Create(2L, Due(2, "* * * * *") with { UserId = TaskSilos.Owner + 1 })]);
        var data = silos.Grains.GetGrain<ITasksPersonalData>(0);
        Assert.Contains("\"schedules\":[{\"scheduleId\":1,", await data.Export(TaskSilos.Owner), StringComparison.Ordinal);

        await data.Erase(TaskSilos.Owner);
        await Schedule(silos, 1).Fire();

        Assert.Null(await Schedule(silos, 1).Get());
        Assert.NotNull(await Schedule(silos, 2).Get());
        Assert.Equal(0L, await silos.Database.ScalarAsync("select count(*) from tasks"));
        await Assert.ThrowsAsync<Contracts.Records.RecordRejectedException>(() => silos.Grains.GetGrain<IUserSchedulesGrain>(TaskSilos.Owner).Create(3, Command(3)));
    }

    [Fact]
    public async Task A_task_for_later_is_found_at_its_time_by_silos_that_started_after_its_create()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var runAt = TimeProvider.System.Now().AddSeconds(4);
        var id = await silos.CreateAsync(runAt: runAt);

        await silos.RestartAsync();

        var started = await silos.RaisedAsync(id, "task_started");
        Assert.True(started.Time >= runAt, $"It started at {started.Time:O}, before {runAt:O}.");
        Assert.Equal("task_completed", (await silos.RaisedAsync(id, "task_completed", "task_failed")).Type);
    }

    private static IScheduleGrain Schedule(TaskSilos silos, long id) => silos.Grains.GetGrain<IScheduleGrain>(id);

    private static async Task<ScheduleView> ViewAsync(TaskSilos silos, long id) => Assert.IsType<ScheduleView>(await Schedule(silos, id).Get());

    /// <summary>
    /// Tells the schedule that it is due until it has run: what is told one-way says nothing of its end, a read may overtake it, and it may reach an activation that ends.
    /// </summary>
    private static async Task<ScheduleView> FireAsync(TaskSilos silos, long id)
    {
        var view = await ViewAsync(silos, id);
        for (var told = 0; told < 1000 && view.LastTaskId is null; told++)
        {
            await Schedule(silos, id).Fire();
            view = await ViewAsync(silos, id);
        }

        return view;
    }

    /// <summary>A schedule whose last time has passed a moment ago.</summary>
    private static ScheduleState Due(long id, string cron) =>
        ScheduleState.Created(Command(id) with { Cron = cron }, TimeProvider.System.Now()) with { NextRunAt = LastTimeOf(cron) };

    private static DateTimeOffset LastTimeOf(string cron)
    {
        var (recurrence, now) = (Recurrence.Parse(cron, "UTC"), TimeProvider.System.GetUtcNow());
        var last = recurrence.After(now.AddDays(cron.StartsWith("0 0", StringComparison.Ordinal) ? -366 : -0.1))!.Value;
        while (recurrence.After(last) is { } next && next <= now)
            last = next;
        return last;
    }

    private static CreateSchedule Command(long id) =>
        new($"command-{id}", TaskSilos.Owner, "reports", "@hourly", "UTC", MissedRuns.Once, TaskSilos.Type, Priorities.Medium, "{}");

    /// <summary>Inserts schedules as another silo made them.</summary>
    private static async Task InsertAsync(TaskSilos silos, IReadOnlyList<KeyValuePair<long, ScheduleState>> schedules)
    {
        await using var storage = new RecordStorage<long, ScheduleState>(ScheduleTable.Map, silos.Database.Source, silos.Relay, new RecordOptions());
        Assert.Equal(schedules.Count, (await storage.InsertNewAsync(schedules, Token)).Count);
    }
}
