using Airliner.Contracts.Records;
using Airliner.Testing;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

public sealed class InsertNewTests(PostgresServer server)
{
    [Fact]
    public async Task Inserting_many_writes_the_free_ones_with_their_events_and_says_which()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.Of(1).WriteAsync(new Sample { Name = "Taken" });

        var inserted = await silo.Samples.InsertNewAsync(
        [
            new(1, new Sample { Name = "its id is taken" }.Next()),
            new(2, new Sample { Name = "tAKEN" }.Next()),
            new(3, new Sample { Name = "free" }.Next().Next()),
            new(4, new Sample { Name = "FREE" }.Next()),
            new(5, new Sample { Name = "without an event" }),
        ]).Within("the insert");

        Assert.Equal([3, 5], inserted.Order());
        Assert.Equal([1, 3, 5], await database.ListAsync<long>("select id from samples order by id"));
        Assert.Equal(["samples/3", "samples/3"], await database.ListAsync<string>("select subject from outbox"));
        Assert.Equal([1, 2], silo.Relay.SequencesOf("samples/3"));
        Assert.Equal(2, silo.Relay.Taken.Count);

        var read = await silo.Of(3).ReadAsync();
        await read.WriteAsync(read.Record.Next());
        Assert.Equal([1, 2, 3], await database.EventsAsync("samples/3"));
    }

    [Fact]
    public async Task Inserting_many_with_one_that_can_never_succeed_says_so_and_inserts_none()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();

        await Assert.ThrowsAsync<RecordRejectedException>(() => silo.Samples.InsertNewAsync(
            [new(1, new Sample { Name = "good" }.Next()), new(2, new Sample { Name = "bad", Document = "{" }.Next())]));

        Assert.Equal(0, await database.CountAsync("samples"));
        Assert.Equal(0, await database.CountAsync("outbox"));
        Assert.Empty(silo.Relay.Taken);
    }

    [Fact]
    public async Task Repeating_an_insert_of_many_inserts_nothing_twice()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var records = Enumerable.Range(1, 500).Select(id => KeyValuePair.Create((long)id, new Sample { Name = $"n{id}" }.Next())).ToArray();

        var inserted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => silo.Samples.InsertNewAsync(records))).Within("the inserts");

        Assert.Equal(500, inserted.Sum(keys => keys.Count));
        Assert.Equal(500, await database.CountAsync("samples"));
        Assert.Equal(500, await database.CountAsync("outbox"));
        Assert.Equal(500, silo.Relay.Taken.Count);
    }
}
