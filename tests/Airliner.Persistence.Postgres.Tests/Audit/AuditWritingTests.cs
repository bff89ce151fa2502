using Airliner.Contracts.Audit;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Tests.Records;
using Airliner.Testing;
using Orleans.Storage;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Audit;

/// <summary>What is committed has its entries, and nothing else has.</summary>
public sealed class AuditWritingTests(PostgresServer server)
{
    [Fact]
    public async Task An_entry_says_who_did_what_to_whom_when_and_from_where()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        new CallOrigin(7, null, "192.0.2.1", "curl/8").GoAlong();

        await silo.WriteAsync(42, 1);

        var entry = Assert.Single(await database.EntriesAsync());
        Assert.Equal(("sample_counted", AuditedDatabase.Now, (long?)42), (entry.Action, entry.At, entry.UserId));
        Assert.Equal(new AuditActor(AuditActors.User, UserId: 7), entry.Actor);
        Assert.Equal(("192.0.2.1", "curl/8"), (entry.SourceAddress, entry.UserAgent));
        Assert.Equal("""{"sample":42}""", entry.Details);
        Assert.Equal(("silo-1/samples", 1, 1), (entry.Writer, entry.Chain, entry.Sequence));
    }

    [Fact]
    public async Task Who_calls_is_a_user_a_client_somebody_or_the_system()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();

        await silo.WriteAsync(1, 1);
        await FromAsync(new(7, null, "192.0.2.1", ""), () => silo.WriteAsync(2, 1));
        await FromAsync(new(null, "c_1", "192.0.2.1", ""), () => silo.WriteAsync(3, 1));
        await FromAsync(new(null, null, "192.0.2.1", ""), () => silo.WriteAsync(4, 1));

        Assert.Equal(
            [new AuditActor(AuditActors.System), new(AuditActors.User, UserId: 7), new(AuditActors.Client, ClientId: "c_1"), new(AuditActors.Anonymous)],
            (await database.EntriesAsync()).Select(entry => entry.Actor));
        Assert.Equal([null, "192.0.2.1", "192.0.2.1", "192.0.2.1"], (await database.EntriesAsync()).Select(entry => entry.SourceAddress));
    }

    [Fact]
    public async Task A_write_that_is_refused_leaves_no_entry_and_no_gap()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.WriteAsync(1, 1);

        await Assert.ThrowsAsync<UniqueViolationException>(() => silo.Of(2).WriteAsync(AuditedSilo.Counted(2) with { Name = "N1" }));
        var stale = silo.Of(1);
        stale.Version = "7";
        await Assert.ThrowsAsync<InconsistentStateException>(() => stale.WriteAsync(AuditedSilo.Counted(1)));
        await silo.WriteAsync(3, 1);

        Assert.Equal([(1L, 1L), (3L, 2L)], (await database.EntriesAsync()).Select(entry => (entry.UserId!.Value, entry.Sequence)));
        Assert.Null((await database.VerifyAsync()).Flaw);
    }

    [Fact]
    public async Task A_batch_of_which_one_write_is_refused_has_the_entries_of_the_others()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.WriteAsync(1, 1);

        var failures = await Task.WhenAll(Enumerable.Range(2, 100).Select(async id =>
        {
            var entity = silo.Of(id);
            entity.Version = id == 42 ? "7" : null;
            return await entity.WriteAsync(AuditedSilo.Counted(id)).FailureAsync();
        }));

        Assert.Single(failures, failure => failure is not null);
        var entries = await database.EntriesAsync();
        Assert.Equal(Enumerable.Range(1, 101).Where(id => id != 42).Select(id => (long)id), entries.Select(entry => entry.UserId!.Value).Order());
        Assert.Equal(Enumerable.Range(1, 100).Select(sequence => (long)sequence), entries.Select(entry => entry.Sequence));
        Assert.Null((await database.VerifyAsync()).Flaw);
    }

    [Fact]
    public async Task A_deletion_has_its_entry_and_one_of_nothing_has_none()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var entity = silo.Of(1);
        await entity.WriteAsync(new Sample { Name = "n1" });

        await entity.ClearAsync(record => record.Audit(new AuditEntry("sample_deleted", AuditedDatabase.Now)));
        await silo.Of(2).ClearAsync(record => record.Audit(new AuditEntry("sample_deleted", AuditedDatabase.Now)));

        Assert.Equal("sample_deleted", Assert.Single(await database.EntriesAsync()).Action);
    }

    [Fact]
    public async Task Two_silos_that_write_at_once_have_whole_chains_of_their_own()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var (one, two) = (database.StartSilo("silo-1"), database.StartSilo("silo-2"));

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => (i % 2 == 0 ? one : two).WriteAsync(1000 + i, 1)));
        await one.Log.AppendAsync(new AuditEntry("by_the_way", AuditedDatabase.Now));

        var verdict = await database.VerifyAsync();
        Assert.Equal((101, 3, null), (verdict.Rows, verdict.Chains, verdict.Flaw));
        Assert.Equal(["silo-1/changes", "silo-1/samples", "silo-2/samples"], (await database.EntriesAsync()).Select(entry => entry.Writer).Distinct().Order());
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_whole_and_the_next_begins_another_chain()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        await using var line = new BreakableLine(server.Port);
        var silo = database.StartSilo(connectionString: line.Through(database.ConnectionString));
        await silo.WriteAsync(1, 2);

        line.LoseNextAnswer(containing: "COMMIT");
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.WriteAsync(3, 1));
        await silo.WriteAsync(4, 1);

        Assert.Equal([1, 2, 3, 4], (await database.EntriesAsync()).Select(entry => entry.UserId!.Value));
        Assert.Equal([1, 1, 1, 2], (await database.EntriesAsync()).Select(entry => entry.Chain));
        Assert.Null((await database.VerifyAsync()).Flaw);
    }

    [Fact]
    public async Task A_commit_that_was_broken_off_leaves_neither_row_nor_entry()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        await using var line = new BreakableLine(server.Port);
        var silo = database.StartSilo(connectionString: line.Through(database.ConnectionString));
        await silo.WriteAsync(1, 1);

        // What adds the entries, before the commit.
        line.LoseNextAnswer(containing: "INSERT");
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.WriteAsync(2, 1));
        await silo.WriteAsync(3, 1);

        Assert.Equal([1, 3], (await database.EntriesAsync()).Select(entry => entry.UserId!.Value));
        Assert.Equal(2, await database.ScalarAsync<long>("select count(*) from samples"));
        Assert.Null((await database.VerifyAsync()).Flaw);
    }

    [Fact]
    public async Task A_row_cannot_be_changed_by_accident()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        await database.StartSilo().WriteAsync(1, 1);

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.ExecuteAsync("update audit set action = 'nothing'"));

        Assert.Contains("only ever added to", refused.MessageText, StringComparison.Ordinal);
    }

    private static async Task FromAsync(CallOrigin origin, Func<Task> call)
    {
        origin.GoAlong();
        await call();
    }
}
