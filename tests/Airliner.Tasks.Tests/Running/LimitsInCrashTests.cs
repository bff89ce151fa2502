using Airliner.Contracts;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Running;

/// <summary>How many tasks run at once, as the database sees it at each commit, while silos are lost.</summary>
public sealed class LimitsInCrashTests(PostgresServer server)
{
    private const int Tasks = 500;
    private const int Users = 5;
    private const int Most = 6;
    private const int MostOfUser = 2;

    /// <summary>
    /// Counts what runs as each start commits. One at a time, since a count does not see what has not committed: the lock is let go of once the commit is seen.
    /// </summary>
    private const string Observer = """
        create table observed (running bigint not null, of_user bigint not null);
        create function observe() returns trigger language plpgsql as $$
        begin
            perform pg_advisory_xact_lock(7);
            insert into observed select sum(running), max(running)
            from (select count(*) as running from tasks where status in ('processing', 'cancelling') group by user_id) as users;
            return null;
        end $$;
        create constraint trigger observe after update on tasks deferrable initially deferred for each row when (new.status = 'processing') execute function observe()
        """;

    [Fact]
    public async Task No_more_run_at_once_of_a_type_and_of_a_user_than_may_while_the_silos_of_their_queue_are_killed_and_all_complete()
    {
        await using var silos = await TaskSilos.StartAsync(
            server, silos: 3, settings: [("Tasks:MaxInFlight", $"{Most}"), ($"Tasks:Types:{TaskSilos.Type}:MaxInFlightPerUser", $"{MostOfUser}"), ("Tasks:Lease", "01:00:00")]);
        await silos.Database.ExecuteAsync(Observer);
        silos.Script.Run = (_, stop) => Task.Delay(TimeSpan.FromMilliseconds(50), stop); // The work.
        var now = TimeProvider.System.Now();
        await silos.Database.InsertAsync(Enumerable.Range(10, Tasks).Select(id => ((long)id, TaskSilos.Pending(id, now) with { UserId = 1000 + (id % Users) })));

        await KillTheSiloOfTheQueueAsync(silos, after: Tasks / 10);
        await silos.StartAnotherAsync();
        await KillTheSiloOfTheQueueAsync(silos, after: Tasks / 2);

        await Eventually.Get(() => CompletedAsync(silos), completed => completed == Tasks, TimeSpan.FromMinutes(2), "all tasks complete");
        Assert.Equal(
            $"{Most} of the type, {MostOfUser} of a user",
            await silos.Database.ScalarAsync("select format('%s of the type, %s of a user', max(running), max(of_user)) from observed"));
        // What they ran when they were killed was run again.
        Assert.True((long)(await silos.Database.ScalarAsync("select count(*) from tasks where attempts > 1"))! > 0);
    }

    /// <summary>Kills the silo that has the queue once so many have completed, and while it runs some itself.</summary>
    private static async Task KillTheSiloOfTheQueueAsync(TaskSilos silos, int after)
    {
        await Eventually.Get(() => CompletedAsync(silos), completed => completed >= after, $"{after} tasks complete");
        var queue = (await Eventually.Get(() => TaskSilos.UntilAnsweredAsync(silos.QueueSiloAsync), silo => silo is not null, "a silo has the queue"))!;
        await Eventually.True(
            async () => (long)(await silos.Database.ScalarAsync($"select count(*) from tasks where status = 'processing' and lease_owner = '{queue.SiloAddress.ToParsableString()}'"))! > 0,
            "the queue's silo runs tasks");
        await silos.KillAsync(queue.Name);
    }

    private static async Task<long> CompletedAsync(TaskSilos silos) => (long)(await silos.Database.ScalarAsync("select count(*) from tasks where status = 'completed'"))!;
}
