using Airliner.Contracts.Records;
using Airliner.Testing;
using Orleans.Storage;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

public sealed class LostAnswerTests(PostgresServer server)
{
    [Fact]
    public async Task Events_of_a_commit_whose_answer_was_lost_reach_the_relay_without_anybody_asking()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await using var line = new BreakableLine(server.Port);
        var silo = database.StartSilo(connectionString: line.Through(database.ConnectionString));
        var entity = silo.Of(1);
        await entity.WriteAsync(new Sample { Name = "unsure" }.Next());

        line.LoseNextAnswer();
        await Assert.ThrowsAsync<InconsistentStateException>(() => entity.WriteAsync(entity.Record.Next()));

        await Eventually.Is(2, () => silo.Relay.Taken.Count);
        Assert.Equal([1, 2], silo.Relay.SequencesOf("samples/1"));
        Assert.Equal([1, 2], await database.EventsAsync("samples/1"));
    }

    [Fact]
    public async Task Events_of_a_commit_whose_answer_was_lost_reach_the_relay_before_the_next_ones()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await using var line = new BreakableLine(server.Port);
        var silo = database.StartSilo(connectionString: line.Through(database.ConnectionString));
        var entity = silo.Of(1);
        await entity.WriteAsync(new Sample { Name = "unsure" }.Next());

        line.LoseNextAnswer();
        await Assert.ThrowsAsync<InconsistentStateException>(() => entity.WriteAsync(entity.Record.Next()));
        await entity.ReadAsync();
        await entity.WriteAsync(entity.Record.Next());

        Assert.Equal(3, entity.Record.Count);
        Assert.Equal([1, 2, 3], silo.Relay.SequencesOf("samples/1"));
    }

    [Fact]
    public async Task Events_that_another_silo_left_reach_the_relay_although_the_answer_that_brought_them_was_lost()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await using var line = new BreakableLine(server.Port);
        await database.StartSilo("silo-1").Of(1).WriteAsync(new Sample { Name = "left" }.Next());
        var successor = database.StartSilo("silo-2", connectionString: line.Through(database.ConnectionString));
        var entity = successor.Of(1);

        line.LoseNextAnswer("left");
        await Assert.ThrowsAsync<StorageUnavailableException>(entity.ReadAsync);
        await entity.ReadAsync();
        await entity.WriteAsync(entity.Record.Next());

        Assert.Equal([1, 2], successor.Relay.SequencesOf("samples/1"));
    }
}
