using Airliner.Contracts.Audit;
using Airliner.Persistence.Postgres.Audit;
using Airliner.Testing;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Audit;

/// <summary>Addresses belong to users, and go with them.</summary>
public sealed class AuditErasureTests(PostgresServer server)
{
    [Fact]
    public async Task An_erased_user_has_no_address_any_more_and_the_log_is_whole()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await AsUserAsync(7, () => silo.WriteAsync(7, 1));
        await AsUserAsync(8, () => silo.WriteAsync(8, 1));

        await new AuditPersonalData(silo.Log).EraseAsync(7, TestContext.Current.CancellationToken);

        Assert.Equal([null, "192.0.2.8"], (await database.EntriesAsync()).Select(entry => entry.SourceAddress));
        Assert.Equal([null, "agent 8"], (await database.EntriesAsync()).Select(entry => entry.UserAgent));
        Assert.Null((await database.VerifyAsync()).Flaw);
    }

    [Fact]
    public async Task What_is_written_of_an_erased_user_later_has_no_address()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        await new AuditPersonalData(database.Log).EraseAsync(7, TestContext.Current.CancellationToken);

        await AsUserAsync(7, () => database.StartSilo().WriteAsync(7, 1));

        Assert.Null(Assert.Single(await database.EntriesAsync()).SourceAddress);
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from audit where origin is not null"));
    }

    [Fact]
    public async Task An_address_is_in_no_row_as_text()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);

        await AsUserAsync(7, () => database.StartSilo().WriteAsync(7, 1));

        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from audit where position('192.0.2.7'::bytea in origin) = 0 and audit::text not like '%192.0.2%'"));
    }

    [Fact]
    public async Task An_administrators_address_goes_with_the_administrator_and_not_with_whom_was_changed()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await AsUserAsync(1, () => silo.WriteAsync(7, 1));

        await new AuditPersonalData(silo.Log).EraseAsync(7, TestContext.Current.CancellationToken);
        Assert.Equal("192.0.2.1", Assert.Single(await database.EntriesAsync()).SourceAddress);
        await new AuditPersonalData(silo.Log).EraseAsync(1, TestContext.Current.CancellationToken);

        Assert.Null(Assert.Single(await database.EntriesAsync()).SourceAddress);
    }

    [Fact]
    public async Task An_export_has_what_the_user_did_and_what_happened_to_the_user_but_nobody_elses_address()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await AsUserAsync(7, () => silo.WriteAsync(7, 1));
        await AsUserAsync(7, () => silo.WriteAsync(8, 1));
        await AsUserAsync(1, () => silo.Of(9).WriteAsync(AuditedSilo.Counted(9) with { Audited = [new AuditEntry("user_disabled", AuditedDatabase.Now, UserId: 7)] }));
        await AsUserAsync(1, () => silo.WriteAsync(1, 1));

        var exported = await new AuditPersonalData(silo.Log).ExportAsync(7, after: null, TestContext.Current.CancellationToken);

        Assert.Equal(["user_disabled", "sample_counted", "sample_counted"], exported.Content!.AsArray().Select(entry => (string?)entry!["action"]));
        Assert.Equal([null, "192.0.2.7", "192.0.2.7"], exported.Content.AsArray().Select(entry => (string?)entry!["sourceAddress"]));
        Assert.Null((await new AuditPersonalData(silo.Log).ExportAsync(1000, after: null, TestContext.Current.CancellationToken)).Content);
    }

    [Fact]
    public async Task Pages_go_on_where_the_last_one_ended_newest_first()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        await database.StartSilo().WriteAsync(1, 5);

        var first = await database.Log.ListAsync(null, new(2, null, 0), TestContext.Current.CancellationToken);
        var second = await database.Log.ListAsync(null, new(3, first.Items[^1].AuditId, 0), TestContext.Current.CancellationToken);

        Assert.Equal([5, 4], first.Items.Select(entry => entry.UserId!.Value));
        Assert.Equal([3, 2, 1], second.Items.Select(entry => entry.UserId!.Value));
        Assert.Equal((5, true, false), (first.Total, first.HasMore, second.HasMore));
    }

    private static async Task AsUserAsync(long userId, Func<Task> call)
    {
        new CallOrigin(userId, null, $"192.0.2.{userId}", $"agent {userId}").GoAlong();
        await call();
    }
}
