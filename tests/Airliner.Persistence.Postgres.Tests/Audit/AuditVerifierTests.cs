using Airliner.Contracts.Audit;
using Airliner.Testing;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Audit;

/// <summary>Ten rows of one chain, or twenty of two, with which somebody who has all rights on the database does as they like.</summary>
public sealed class AuditVerifierTests(PostgresServer server)
{
    public static TheoryData<string, string> Changes => new()
    {
        { "update audit set action = 'user_disabled' where sequence = 4", "row 4 (entry 4) is changed" },
        { "update audit set user_id = 1 where sequence = 4", "row 4 (entry 4) is changed" },
        { "update audit set actor_user_id = null where sequence = 4", "row 4 (entry 4) is changed" },
        { "update audit set at = at + interval '1 microsecond' where sequence = 4", "row 4 (entry 4) is changed" },
        { "update audit set details = null where sequence = 4", "row 4 (entry 4) is changed" },
        { "update audit set origin = other.origin from audit as other where audit.sequence = 4 and other.sequence = 5", "row 4 (entry 4) is changed" },
        { "update audit set mac = other.mac from audit as other where audit.sequence = 4 and other.sequence = 5", "row 4 (entry 4) is changed" },
        { "delete from audit where sequence = 4", "row 4 is missing" },
        { "delete from audit where sequence between 1 and 3", "rows 1 to 3 are missing" },
        { "delete from audit where sequence >= 9", "rows 9 to 10 are missing" },
        { "delete from audit", "rows 1 to 10 are missing" },
        { "update audit set sequence = case sequence when 4 then -5 when 5 then 4 end where sequence in (4, 5); update audit set sequence = 5 where sequence = -5", "row 4 (entry 5) is changed" },
        { "delete from audit where sequence = 4; update audit set sequence = sequence - 1 where sequence > 4", "row 4 (entry 5) is changed" },
        { Insert("1", "11"), "row 11 (entry 11) is added" },
        { Insert("1", "-1"), "row -1 (entry 11) is added" },
        { Insert("2", "1"), "entry 11 is added: there is no chain 2" },
        { "delete from audit where sequence = 10; update audit_chains set sequence = 9, mac = (select mac from audit where sequence = 9)", "the head of chain 1 is changed" },
        { "delete from audit where sequence <= 3; update audit_chains set swept_sequence = 3", "the mark of what was swept of chain 1 is changed" },
        { "update audit_chains set writer = 'somebody'", "the head of chain 1 is changed" },
        { "delete from audit_chains", "entry 1 is added: there is no chain 1" },
        { "insert into audit_chains select 0, '', began_at, 1, mac, head_mac, 0, swept_mac, anchor_mac from audit_chains", "the mark of the chains that were swept is changed" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task What_was_tampered_with_is_found_and_named(string change, string flaw)
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        await WriteTenAsync(database, "silo-1", 1);
        Assert.Equal((10, 1, null), await VerdictAsync(database));

        await database.TamperAsync(change);

        Assert.Contains(flaw, (await database.VerifyAsync()).Flaw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_that_is_missing_as_a_whole_is_found()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        await WriteTenAsync(database, "silo-1", 1);
        await WriteTenAsync(database, "silo-2", 101);

        await database.TamperAsync("delete from audit where chain = 1; delete from audit_chains where id = 1");

        Assert.Equal("chain 1 is missing", (await database.VerifyAsync()).Flaw);
    }

    [Fact]
    public async Task A_row_that_was_moved_to_another_chain_is_found()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        await WriteTenAsync(database, "silo-1", 1);
        await WriteTenAsync(database, "silo-2", 101);

        await database.TamperAsync("delete from audit where chain = 2 and sequence = 5; update audit set chain = 2 where chain = 1 and sequence = 5");

        Assert.Contains("row 5 is missing", (await database.VerifyAsync()).Flaw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_whose_numbers_were_exchanged_are_found()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        await WriteTenAsync(database, "silo-1", 1);

        await database.TamperAsync("alter table audit alter id drop identity; update audit set id = 100 + id where sequence = 4");

        Assert.Contains("row 5 (entry 5) is moved", (await database.VerifyAsync()).Flaw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_was_put_back_is_found_by_heads_that_were_noted()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        await WriteTenAsync(database, "silo-1", 1);
        await database.ExecuteAsync("create table audit_before as select * from audit; create table chains_before as select * from audit_chains");
        await database.StartSilo("silo-2").WriteAsync(101, 1);
        var noted = (await database.VerifyAsync()).Heads;

        await database.TamperAsync("delete from audit where chain = 2; delete from audit_chains where id = 2");

        Assert.Null((await database.VerifyAsync()).Flaw);
        Assert.Contains("chain 2 does not reach row 1", (await database.VerifyAsync([.. noted])).Flaw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_has_grown_since_heads_were_noted_is_whole()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.WriteAsync(1, 2);
        var noted = (await database.VerifyAsync()).Heads;

        await silo.WriteAsync(3, 2);

        Assert.Null((await database.VerifyAsync([.. noted])).Flaw);
    }

    [Fact]
    public async Task A_writer_whose_head_was_tampered_with_writes_on_in_another_chain()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.WriteAsync(1, 2);

        await database.TamperAsync("update audit_chains set sequence = 1");
        await silo.WriteAsync(3, 1);

        Assert.Equal((2, 1), ((await database.EntriesAsync())[^1].Chain, (await database.EntriesAsync())[^1].Sequence));
        Assert.Equal("the head of chain 1 is changed", (await database.VerifyAsync()).Flaw);
    }

    [Fact]
    public async Task A_row_that_was_put_in_a_writers_way_holds_it_up_for_one_commit_at_most()
    {
        await using var database = await AuditedDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.WriteAsync(1, 1);

        await database.TamperAsync(Insert("1", "2"));
        await Assert.ThrowsAsync<Contracts.Records.UniqueViolationException>(() => silo.WriteAsync(2, 1));
        await silo.WriteAsync(3, 1);

        Assert.Equal((2, 1), ((await database.EntriesAsync())[^1].Chain, (await database.EntriesAsync())[^1].Sequence));
        Assert.Contains("row 2 (entry 2) is added", (await database.VerifyAsync()).Flaw, StringComparison.Ordinal);
    }

    private static string Insert(string chain, string sequence) =>
        $"insert into audit (chain, sequence, at, action, actor, mac) select {chain}, {sequence}, at, action, actor, mac from audit where sequence = 1";

    private static Task WriteTenAsync(AuditedDatabase database, string owner, long first)
    {
        new CallOrigin(7, null, "192.0.2.1", "curl/8").GoAlong();
        return database.StartSilo(owner).WriteAsync(first, 10);
    }

    private static async Task<(long, int, string?)> VerdictAsync(AuditedDatabase database)
    {
        var verdict = await database.VerifyAsync();
        return (verdict.Rows, verdict.Chains, verdict.Flaw);
    }
}
