using Airliner.Contracts.Audit;
using Airliner.Testing;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Audit;

public sealed class AuditSweepTests(PostgresServer server)
{
    private static readonly TimeSpan _kept = TimeSpan.FromDays(10);

    [Fact]
    public async Task What_is_old_goes_and_the_rest_is_whole()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.WriteAsync(1, 5, AuditedDatabase.Now);
        await silo.WriteAsync(6, 5, AuditedDatabase.Now + _kept);
        database.Time.Now = AuditedDatabase.Now + _kept + TimeSpan.FromDays(1);

        var swept = await database.Sweep(_kept).SweepAsync(TestContext.Current.CancellationToken);
        await silo.WriteAsync(11, 1, database.Time.Now);

        Assert.Equal(5, swept);
        Assert.Equal([6, 7, 8, 9, 10, 11], (await database.EntriesAsync()).Select(entry => entry.UserId!.Value));
        var verdict = await database.VerifyAsync();
        Assert.Equal((6, 1, null), (verdict.Rows, verdict.Chains, verdict.Flaw));
    }

    [Fact]
    public async Task Chains_of_which_nothing_is_left_go_and_their_writers_begin_others()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var (one, two) = (database.StartSilo("silo-1"), database.StartSilo("silo-2"));
        await one.WriteAsync(1, 2, AuditedDatabase.Now);
        await two.WriteAsync(11, 2, AuditedDatabase.Now);
        database.Time.Now = AuditedDatabase.Now + _kept + TimeSpan.FromDays(1);

        Assert.Equal(4, await database.Sweep(_kept).SweepAsync(TestContext.Current.CancellationToken));
        var verdict = await database.VerifyAsync();
        Assert.Equal((0, 0, null), (verdict.Rows, verdict.Chains, verdict.Flaw));
        await two.WriteAsync(21, 1, database.Time.Now);

        Assert.Equal((3, 1), ((await database.EntriesAsync())[0].Chain, (await database.EntriesAsync())[0].Sequence));
        Assert.Null((await database.VerifyAsync()).Flaw);
    }

    [Fact]
    public async Task What_somebody_else_takes_away_after_a_sweep_is_found()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.WriteAsync(1, 2, AuditedDatabase.Now);
        await silo.WriteAsync(3, 2, AuditedDatabase.Now + _kept);
        database.Time.Now = AuditedDatabase.Now + _kept + TimeSpan.FromDays(1);
        await database.Sweep(_kept).SweepAsync(TestContext.Current.CancellationToken);

        await database.TamperAsync("delete from audit where sequence = 3");

        Assert.Contains("row 3 is missing", (await database.VerifyAsync()).Flaw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_goes_with_the_last_entry_of_its_user()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        new CallOrigin(1, null, "192.0.2.1", "").GoAlong();
        await silo.WriteAsync(1, 1, AuditedDatabase.Now);
        new CallOrigin(2, null, "192.0.2.1", "").GoAlong();
        await silo.WriteAsync(2, 1, AuditedDatabase.Now + _kept);
        // The key's own age is the database's to tell.
        await database.ExecuteAsync("update audit_keys set made_at = '2026-03-01'");
        database.Time.Now = AuditedDatabase.Now + _kept + TimeSpan.FromDays(1);

        await database.Sweep(_kept).SweepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, await database.ScalarAsync<long>("select user_id from audit_keys"));
    }

    [Fact]
    public async Task A_key_that_was_read_of_late_stays_since_a_silo_may_seal_with_it()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        new CallOrigin(1, null, "192.0.2.1", "").GoAlong();
        await database.StartSilo().WriteAsync(1, 1, AuditedDatabase.Now);
        await database.ExecuteAsync("update audit_keys set made_at = '2026-03-01'");
        await database.TamperAsync("delete from audit");

        await database.StartSilo().WriteAsync(2, 1, AuditedDatabase.Now);
        await database.TamperAsync("delete from audit");
        await database.Sweep(_kept).SweepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, await database.ScalarAsync<long>("select user_id from audit_keys"));
    }
}
