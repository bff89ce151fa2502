using Airliner.Contracts.Records;
using Airliner.Testing;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

public sealed class BatchTests(PostgresServer server)
{
    public static TheoryData<string, Type> BadRecords => new()
    {
        { "a NUL character", typeof(RecordRejectedException) },
        { "half a surrogate pair", typeof(RecordRejectedException) },
        { "invalid JSON", typeof(RecordRejectedException) },
        { "a taken name", typeof(UniqueViolationException) },
    };

    [Theory]
    [MemberData(nameof(BadRecords))]
    public async Task A_bad_row_among_a_hundred_fails_only_its_own_grain(string what, Type expected)
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.Of(1000).WriteAsync(new Sample { Name = "Taken" });

        var writes = new List<Task>();
        await using (await database.BlockSamplesAsync())
        {
            // One goes alone and waits for the table; the hundred gather behind it.
            writes.Add(silo.Of(1).WriteAsync(new Sample { Name = "n1" }.Next()));
            await database.UntilAStatementWaitsAsync();
            for (var id = 2; id <= 101; id++)
                writes.Add(silo.Of(id).WriteAsync(id == 42 ? Bad(what) : new Sample { Name = $"n{id}" }.Next()));
        }

        var failures = new List<Exception?>();
        foreach (var write in writes)
            failures.Add(await write.FailureAsync());

        Assert.Equal(expected, failures[41]?.GetType());
        Assert.Single(failures, failure => failure is not null);
        Assert.Equal(100, await database.CountAsync("samples where version = 1 and event_sequence = 1"));
        Assert.Equal(100, await database.CountAsync("outbox where sequence = 1"));
        Assert.Equal(100, silo.Relay.Taken.Select(e => e.Subject).Distinct().Count());
        Assert.DoesNotContain(silo.Relay.Taken, e => e.Subject == "samples/42");
    }

    [Fact]
    public async Task A_unique_violation_names_its_constraint_whether_new_or_changed()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.Of(1).WriteAsync(new Sample { Name = "Alice" });
        var bob = silo.Of(2);
        await bob.WriteAsync(new Sample { Name = "Bob" });

        var inserted = await Assert.ThrowsAsync<UniqueViolationException>(() => silo.Of(3).WriteAsync(new Sample { Name = "aLICE" }));
        var updated = await Assert.ThrowsAsync<UniqueViolationException>(() => bob.WriteAsync(bob.Record with { Name = "ALICE" }));

        Assert.Equal("samples_name_key", inserted.Constraint);
        Assert.Equal("samples_name_key", updated.Constraint);
        await bob.WriteAsync(bob.Record.Next());
        Assert.Equal("Bob", (await silo.Of(2).ReadAsync()).Record.Name);
    }

    [Fact]
    public async Task Two_queued_writes_to_one_key_are_written_both_in_order()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var first = silo.Of(2);
        var second = silo.Of(2);
        second.Version = "1";
        var state = new Sample { Name = "twice" }.Next();

        List<Task> writes;
        await using (await database.BlockSamplesAsync())
        {
            writes = [silo.Of(1).WriteAsync(new Sample { Name = "ahead" })];
            await database.UntilAStatementWaitsAsync();
            writes.Add(first.WriteAsync(state));
            writes.Add(second.WriteAsync((state with { EventSequence = 1, Raised = [] }).Next()));
        }

        await Task.WhenAll(writes);
        var read = await silo.Of(2).ReadAsync();
        Assert.Equal((2, "2", 2L), (read.Record.Count, read.Version, read.Record.EventSequence));
        Assert.Equal([1, 2], silo.Relay.SequencesOf("samples/2"));
    }

    [Fact]
    public async Task A_key_that_the_database_refuses_fails_only_its_own_read()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.NoteOf("good").WriteAsync(new Note { Text = "text" });

        var reads = Enumerable.Range(0, 20).Select(i => silo.NoteOf(i == 7 ? "bad\0" : "good").ReadAsync()).ToArray();
        var failures = new List<Exception?>();
        foreach (var read in reads)
            failures.Add(await read.FailureAsync());

        Assert.IsType<RecordRejectedException>(failures[7]);
        Assert.Single(failures, failure => failure is not null);
    }

    private static Sample Bad(string what) => what switch
    {
        "a NUL character" => new Sample { Name = "n42", Text = "a\0b" }.Next(),
        "half a surrogate pair" => new Sample { Name = "n42", Text = "a\ud83d" }.Next(),
        "invalid JSON" => new Sample { Name = "n42", Document = "{" }.Next(),
        _ => new Sample { Name = "taken" }.Next(),
    };
}
