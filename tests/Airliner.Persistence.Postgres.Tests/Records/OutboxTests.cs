using System.Text.Json;
using Airliner.Contracts.Records;
using Airliner.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

public sealed class OutboxTests(PostgresServer server)
{
    [Fact]
    public async Task Events_are_written_with_their_record_and_count_on_without_a_gap()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var entity = silo.Of(1);
        await entity.WriteAsync(new Sample { Name = "counted" }.Next().Next());
        await entity.WriteAsync(entity.Record with { Text = "without an event" });
        await entity.WriteAsync(entity.Record.Next());
        Assert.Empty(entity.Record.Raised);

        var read = await silo.Of(1).ReadAsync();
        await read.WriteAsync(read.Record.Next());

        Assert.Equal([1, 2, 3, 4], await database.EventsAsync("samples/1"));
        Assert.Equal([1, 2, 3, 4], silo.Relay.SequencesOf("samples/1"));
        Assert.Equal(1, await database.CountAsync("samples where version = 4 and event_sequence = 4"));
    }

    [Fact]
    public async Task A_refused_write_leaves_no_event_and_no_gap()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var entity = silo.Of(1);
        await entity.WriteAsync(new Sample { Name = "refused" }.Next());

        await Assert.ThrowsAsync<RecordRejectedException>(() => entity.WriteAsync(entity.Record.Next() with { Document = "{" }));
        Assert.Equal([1], await database.EventsAsync("samples/1"));
        await entity.WriteAsync(entity.Record.Next());

        Assert.Equal([1, 2], await database.EventsAsync("samples/1"));
        Assert.Equal([1, 2], silo.Relay.SequencesOf("samples/1"));
    }

    [Fact]
    public async Task The_relay_has_the_events_before_the_writer_goes_on_in_each_entitys_order()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();

        await Task.WhenAll(Enumerable.Range(1, 40).Select(async id =>
        {
            var entity = silo.Of(id);
            for (var count = 1; count <= 10; count++)
            {
                var next = count == 1 ? new Sample { Name = $"ordered{id}" } : entity.Record;
                await entity.WriteAsync(next.Next());
                Assert.Equal(count, silo.Relay.SequencesOf($"samples/{id}").Count);
            }
        }));

        Assert.All(Enumerable.Range(1, 40), id => Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), silo.Relay.SequencesOf($"samples/{id}")));
    }

    [Fact]
    public async Task A_read_hands_what_another_silo_left_to_the_relay_before_it_completes()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var (gone, here) = (database.StartSilo("gone"), database.StartSilo("here"));
        var left = gone.Of(1);
        await left.WriteAsync(new Sample { Name = "left" }.Next());
        await left.WriteAsync(left.Record.Next());
        await gone.Of(2).WriteAsync(new Sample { Name = "of another entity" }.Next());

        var read = await here.Of(1).ReadAsync();
        Assert.Equal([1, 2], here.Relay.SequencesOf("samples/1"));
        await read.WriteAsync(read.Record.Next());

        Assert.Equal([1, 2, 3], here.Relay.SequencesOf("samples/1"));
        Assert.Empty(here.Relay.SequencesOf("samples/2"));
        foreach (var (before, after) in gone.Relay.Taken.Zip(here.Relay.Taken).Take(2))
        {
            Assert.Equal(before with { Payload = [] }, after with { Payload = [], Time = before.Time, TraceParent = before.TraceParent });
            Assert.Equal(before.Payload, after.Payload);
        }

        using var payload = JsonDocument.Parse(here.Relay.Taken[0].Payload);
        Assert.Equal("sample_counted", payload.RootElement.GetProperty("eventType").GetString());
    }

    [Fact]
    public async Task A_read_whose_events_another_writer_takes_in_another_order_is_made_again()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var (gone, here) = (database.StartSilo("gone"), database.StartSilo("here"));
        var left = gone.Of(1);
        await left.WriteAsync(new Sample { Name = "left" }.Next());
        await left.WriteAsync(left.Record.Next());
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await DeleteAsync(2);

        var reading = here.Of(1).ReadAsync();
        await Eventually.Is(1, () => database.CountAsync("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"));
        // Each waits for the other now, and the read, which has waited for longer, is broken off.
        await DeleteAsync(1);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, (await reading).Record.Count);

        async Task DeleteAsync(long sequence)
        {
            await using var command = new NpgsqlCommand($"set local deadlock_timeout = '1min'; delete from outbox where sequence = {sequence}", connection, transaction);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task A_read_does_not_hand_over_the_silos_own_events_again()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        await silo.Of(1).WriteAsync(new Sample { Name = "own" }.Next());

        await silo.Of(1).ReadAsync();

        Assert.Equal([1], silo.Relay.SequencesOf("samples/1"));
    }
}
