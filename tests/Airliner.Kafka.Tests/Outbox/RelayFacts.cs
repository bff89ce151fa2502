using System.Text;
using Airliner.Kafka.Tests.Brokers;
using Airliner.Testing;
using Xunit;

namespace Airliner.Kafka.Tests.Outbox;

/// <summary>What a relay does on every broker that the product runs with.</summary>
public abstract class RelayFacts(KafkaFixture kafka, PostgresServer postgres, bool brokerForgets) : IAsyncLifetime
{
    private OutboxDatabase _database = null!;
    private Silos _silos = null!;

    public async ValueTask InitializeAsync()
    {
        await kafka.UseAsync();
        _database = await OutboxDatabase.CreateAsync(postgres);
        _silos = new(kafka, _database, brokerForgets);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_silos is not null)
            await _silos.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Fact]
    public async Task Events_of_an_entity_arrive_once_and_in_order()
    {
        var topic = await kafka.TopicAsync("relayed");
        var relay = _silos.Relay("a");
        foreach (var subject in Enumerable.Range(0, 20).Select(n => $"things/{n}"))
        {
            await _database.RaiseAsync(relay, Raised.Many(topic, subject, 1, 5));
            await _database.RaiseAsync(relay, Raised.Many(topic, subject, 6, 10));
        }

        await relay.StopAsync(CancellationToken.None);

        await AssertHoldsAsync(topic, entities: 20, each: 10);
        Assert.Equal(200, await kafka.CountAsync(topic));
    }

    [Fact]
    public async Task An_event_is_a_cloud_event_in_binary_mode()
    {
        var topic = await kafka.TopicAsync("headers");
        var raised = Raised.One(topic, "things/7", 1, Raised.Time);

        await _database.RaiseAsync(_silos.Relay("a"), raised);

        var record = Assert.Single(await kafka.ReadAsync(topic, 1)).Message;
        Assert.Equal(("things/7", """{"n":1}"""), (record.Key, record.Value));
        Assert.Equal(
            [
                "ce_specversion=1.0", $"ce_id={raised.EventId}", "ce_type=thing_happened", "ce_source=/airliner/tests", "ce_time=2026-03-01T12:30:15.250000Z",
                "ce_subject=things/7", "ce_sequence=1", "content-type=application/json", $"traceparent={raised.TraceParent}",
            ],
            record.Headers.Select(header => $"{header.Key}={Encoding.UTF8.GetString(header.GetValueBytes())}"));
    }

    [Fact]
    public async Task Rows_are_gone_once_their_events_are_published()
    {
        var topic = await kafka.TopicAsync("gone");
        var relay = _silos.Relay("a");

        await _database.RaiseAsync(relay, Raised.Many(topic, "things/1", 1, 2_500));
        await relay.StopAsync(CancellationToken.None);

        Assert.Empty(await _database.RowsAsync());
        Assert.Equal(2_500, await kafka.CountAsync(topic));
    }

    [Fact]
    public async Task What_a_dead_silo_left_is_adopted_and_published_in_order()
    {
        var topic = await kafka.TopicAsync("adopted");
        for (var n = 0; n < 20; n++)
            await _database.CommitAsync("dead", [.. Raised.Many(topic, $"things/{n}", 1, 10).Reverse()]);
        _silos.DeclareDead("dead");

        _silos.Relay("a");
        _silos.Relay("b");

        await AssertHoldsAsync(topic, entities: 20, each: 10);
    }

    [Fact]
    public async Task What_a_dead_silo_left_precedes_what_its_grain_raises_next()
    {
        var topic = await kafka.TopicAsync("precedes");
        var relay = _silos.Relay("a", start: false);
        await _database.CommitAsync("dead", Raised.Many(topic, "things/0", 1, 3));
        _silos.DeclareDead("dead");

        await _database.ActivateAsync(relay, "things/0");
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/0", 4, 6));
        relay.Start();

        await AssertHoldsAsync(topic, entities: 1, each: 6);
    }

    [Fact]
    public async Task Rows_of_a_living_silo_are_left_alone()
    {
        var topic = await kafka.TopicAsync("living");
        await _database.CommitAsync("dead", Raised.One(topic, "things/0", 1));
        await _database.CommitAsync("living", Raised.One(topic, "things/1", 1));
        _silos.DeclareDead("dead");

        var relay = _silos.Relay("a");
        await kafka.ReadAsync(topic, 1);
        await relay.StopAsync(CancellationToken.None);

        Assert.Equal(["things/1 1 living"], await _database.RowsAsync());
        Assert.Equal(1, await kafka.CountAsync(topic));
    }

    [Fact]
    public async Task Beyond_the_memory_bound_nothing_is_lost_and_the_order_holds()
    {
        const int Entities = 40, Each = 50;
        var topic = await kafka.TopicAsync("bounded");
        var relay = _silos.Relay("a", options => options.MaxInFlightEvents = 100);

        await Task.WhenAll(Enumerable.Range(0, Entities).Select(async n =>
        {
            for (var sequence = 1; sequence <= Each; sequence += 5)
            {
                await _database.RaiseAsync(relay, Raised.Many(topic, $"things/{n}", sequence, sequence + 4));
                Assert.True(relay.Held.Count <= 100);
            }
        }));
        await relay.StopAsync(CancellationToken.None);

        await AssertHoldsAsync(topic, Entities, Each);
        Assert.Empty(await _database.RowsAsync());
        Assert.Equal(Entities * Each, await kafka.CountAsync(topic));
    }

    [Fact]
    public async Task A_row_that_nobody_handed_over_is_published_all_the_same()
    {
        var topic = await kafka.TopicAsync("stray");
        var relay = _silos.Relay("a");
        await _database.RaiseAsync(relay, Raised.One(topic, "things/0", 1));
        await kafka.ReadAsync(topic, 1);

        await _database.CommitAsync("a", Raised.One(topic, "things/0", 2, Raised.Time));

        await AssertHoldsAsync(topic, entities: 1, each: 2);
    }

    [Fact]
    public async Task A_row_that_nobody_handed_over_is_published_although_the_membership_cannot_be_read()
    {
        var topic = await kafka.TopicAsync("stray-alone");
        _silos.MembershipIsAway = true;
        var relay = _silos.Relay("a");
        await _database.CommitAsync("dead", Raised.One(topic, "things/1", 1));
        await _database.RaiseAsync(relay, Raised.One(topic, "things/0", 1));
        await kafka.ReadAsync(topic, 1);

        await _database.CommitAsync("a", Raised.One(topic, "things/0", 2, Raised.Time));

        await AssertHoldsAsync(topic, entities: 1, each: 2);
    }

    [Fact]
    public async Task Nothing_is_produced_before_the_topics_are_there_and_all_of_it_afterwards()
    {
        var topic = await kafka.TopicAsync("before");
        var ready = new TaskCompletionSource();
        var relay = _silos.Relay("a", topicsReady: ready.Task, change: options => options.MaxInFlightEvents = 10);
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/0", 1, 30));
        Assert.Equal(0, await kafka.CountAsync(topic));

        ready.SetResult();

        await AssertHoldsAsync(topic, entities: 1, each: 30);
    }

    /// <summary>What a consumer sees that ignores a sequence not above the last, as the contract says: every event of every entity, in order.</summary>
    private protected async Task AssertHoldsAsync(string topic, int entities, int each)
    {
        var seen = await Sequences.ReadAsync(kafka, topic, entities, each);
        Assert.All(seen, entity => Assert.Equal(Enumerable.Range(1, each).Select(n => (long)n), entity.Value));
    }

    private protected OutboxDatabase Database => _database;

    private protected Silos Cluster => _silos;
}
