using Airliner.Kafka.Tests.Brokers;
using Airliner.Testing;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Xunit;

namespace Airliner.Kafka.Tests.Outbox;

public sealed class ApacheRelayTests(ApacheKafka kafka, PostgresServer postgres) : RelayFacts(kafka, postgres, brokerForgets: false)
{
    private readonly ApacheKafka _kafka = kafka;

    [Fact]
    public async Task An_event_that_the_broker_never_takes_stays_alone_in_the_outbox()
    {
        var topic = await _kafka.TopicAsync("poison");
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _kafka.BootstrapServers }).Build())
        {
            await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
            {
                [new ConfigResource { Type = ResourceType.Topic, Name = topic }] = [new ConfigEntry { Name = "max.message.bytes", Value = "5000" }],
            });
        }

        var relay = Cluster.Relay("a");
        await Database.RaiseAsync(relay, [Raised.One(topic, "things/0", 1), Raised.One(topic, "things/poison", 1, bytes: 10_000), Raised.One(topic, "things/0", 2)]);
        await Database.RaiseAsync(relay, Raised.Many(topic, "things/0", 3, 20));

        await AssertHoldsAsync(topic, entities: 1, each: 20);
        await Eventually.Is(0, () => relay.Held.Unacknowledged);
        await Eventually.Is("things/poison 1 a", async () => string.Join(", ", await Database.RowsAsync()));
    }

    [Fact]
    public async Task A_killed_broker_that_is_started_again_gets_everything_in_order()
    {
        // One of its own: the others go on with theirs.
        await using var killed = new ApacheKafka();
        await killed.UseAsync();
        var topic = await killed.TopicAsync("killed");
        var relay = Cluster.Relay("a", options =>
        {
            options.BootstrapServers = killed.BootstrapServers;
            options.MaxInFlightEvents = 100;
        });
        await Database.RaiseAsync(relay, Raised.Many(topic, "things/0", 1, 10));
        await killed.ReadAsync(topic, 10);

        await killed.KillAsync();
        await Database.RaiseAsync(relay, Raised.Many(topic, "things/0", 11, 60));
        await Database.RaiseAsync(relay, Raised.Many(topic, "things/1", 1, 60));
        await killed.StartAgainAsync();
        await Database.RaiseAsync(relay, Raised.Many(topic, "things/0", 61, 100));
        await Database.RaiseAsync(relay, Raised.Many(topic, "things/1", 61, 100));

        var seen = await Sequences.ReadAsync(killed, topic, entities: 2, last: 100);
        Assert.All(seen, entity => Assert.Equal(Enumerable.Range(1, 100).Select(n => (long)n), entity.Value));
        await relay.StopAsync(CancellationToken.None);
        Assert.Empty(await Database.RowsAsync());
    }

    [Fact]
    public async Task While_the_database_is_away_published_rows_are_deleted_later()
    {
        await using var server = new PostgresServer();
        await server.InitializeAsync();
        await using var database = await OutboxDatabase.CreateAsync(server);
        await using var silos = new Silos(_kafka, database, brokerForgets: false);
        var topic = await _kafka.TopicAsync("away");
        var ready = new TaskCompletionSource();
        var relay = silos.Relay("a", topicsReady: ready.Task);
        await database.RaiseAsync(relay, Raised.Many(topic, "things/0", 1, 10));

        await server.KillAsync();
        ready.SetResult();
        await server.StartAsync();

        await Eventually.Is(0, async () => (await database.RowsAsync()).Count);
        var seen = await Sequences.ReadAsync(_kafka, topic, entities: 1, last: 10);
        Assert.Equal(Enumerable.Range(1, 10).Select(n => (long)n), seen["things/0"]);
    }
}
