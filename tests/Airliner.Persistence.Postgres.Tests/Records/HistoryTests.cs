using Airliner.Contracts.Records;
using Airliner.Testing;
using Orleans.Storage;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

/// <summary>A table that keeps its records' events has those, and no others, whatever becomes of the outbox.</summary>
public sealed class HistoryTests(PostgresServer server)
{
    [Fact]
    public async Task Every_event_is_kept_under_its_sequence_to_the_letter_as_it_is_published()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var entity = silo.Of(1);
        await entity.WriteAsync(new Sample { Name = "Zoë \"😀\"" }.Next().Next());
        await entity.WriteAsync(entity.Record with { Text = "without an event" });
        await entity.WriteAsync(entity.Record.Next());
        await database.ExecuteAsync("delete from outbox");

        Assert.Equal([1, 2, 3], await SequencesAsync(database, 1));
        Assert.Equal(
            silo.Relay.Taken.Select(taken => System.Text.Encoding.UTF8.GetString(taken.Payload)),
            await database.ListAsync<string>("select event::text from sample_history order by sequence"));
    }

    [Fact]
    public async Task A_write_that_is_refused_keeps_nothing()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.Of(1).WriteAsync(new Sample { Name = "taken" }.Next());

        await Assert.ThrowsAsync<UniqueViolationException>(() => silo.Of(2).WriteAsync(new Sample { Name = "TAKEN" }.Next()));
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Of(1).WriteAsync(new Sample { Name = "late" }.Next()));

        Assert.Equal([1], await SequencesAsync(database, 1));
        Assert.Equal(1, await database.CountAsync("sample_history"));
    }

    [Fact]
    public async Task Of_many_new_records_what_is_inserted_is_kept()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.Of(1).WriteAsync(new Sample { Name = "taken" });

        await silo.Samples.InsertNewAsync(
            [new(2, new Sample { Name = "taken" }.Next()), new(3, new Sample { Name = "free" }.Next().Next())], TestContext.Current.CancellationToken);

        Assert.Equal([3, 3], await database.ListAsync<long>("select id from sample_history order by sequence"));
        Assert.Equal([1, 2], await SequencesAsync(database, 3));
    }

    [Fact]
    public async Task A_batch_of_many_writes_keeps_the_events_of_each()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var entities = Enumerable.Range(1, 300).Select(id => silo.Of(id)).ToArray();
        await Task.WhenAll(entities.Select((entity, i) => entity.WriteAsync(new Sample { Name = $"n{i}" }.Next())));
        await Task.WhenAll(entities.Select(entity => entity.WriteAsync(entity.Record.Next())));

        Assert.Equal(300, await database.CountAsync("sample_history as first join sample_history as second using (id) where first.sequence = 1 and second.sequence = 2"));
        Assert.Equal(600, await database.CountAsync("sample_history"));
    }

    private static Task<List<long>> SequencesAsync(SampleDatabase database, long id) =>
        database.ListAsync<long>($"select sequence from sample_history where id = {id} order by sequence");
}
