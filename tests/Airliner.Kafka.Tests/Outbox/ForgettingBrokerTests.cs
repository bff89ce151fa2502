using Airliner.Kafka.Tests.Brokers;
using Airliner.Testing;
using Confluent.Kafka;
using Xunit;

namespace Airliner.Kafka.Tests.Outbox;

/// <summary>On a broker that forgets, the outbox keeps what the consumers of the process have not had their effect of.</summary>
public sealed class ForgettingBrokerTests(EmbeddedKafka kafka, PostgresServer postgres) : IAsyncLifetime
{
    private OutboxDatabase _database = null!;
    private Silos _silos = null!;

    public async ValueTask InitializeAsync()
    {
        await kafka.UseAsync();
        _database = await OutboxDatabase.CreateAsync(postgres);
        _silos = new(kafka, _database, brokerForgets: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _silos.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_row_stays_until_every_group_of_its_topic_is_past_it()
    {
        var topic = await kafka.TopicAsync("kept");
        _silos.Progress.Register("one", [topic]);
        _silos.Progress.Register("other", [topic]);
        var relay = _silos.Relay("a");
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/0", 1, 3));
        var read = await kafka.ReadAsync(topic, 3);
        await Eventually.Is(0, () => relay.Held.Unacknowledged);

        _silos.Progress.Effected("one", After(read[2]));
        _silos.Progress.Effected("other", After(read[1]));
        await Eventually.Is(1, async () => (await _database.RowsAsync()).Count);
        Assert.Equal(["things/0 3 a"], await _database.RowsAsync());

        _silos.Progress.Effected("other", After(read[2]));
        await Eventually.Is(0, async () => (await _database.RowsAsync()).Count);
    }

    [Fact]
    public async Task What_was_not_consumed_is_published_again_in_order_by_the_next_process()
    {
        const int Each = 20;
        var topic = await kafka.TopicAsync("forgotten");
        _silos.Progress.Register("one", [topic]);
        var relay = _silos.Relay("a");
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/0", 1, Each));
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/1", 1, Each));
        await kafka.ReadAsync(topic, 2 * Each);
        await relay.StopAsync(CancellationToken.None);
        Assert.Equal(2 * Each, (await _database.RowsAsync()).Count);

        // The process ends, and the broker with it.
        await using var next = new EmbeddedKafka();
        await next.UseAsync();
        next.Broker.CreateTopic(topic);
        await using var silos = new Silos(next, _database, brokerForgets: true);
        silos.DeclareDead("a");
        silos.Relay("b");

        var seen = await Sequences.ReadAsync(next, topic, entities: 2, last: Each);
        Assert.All(seen, entity => Assert.Equal(Enumerable.Range(1, Each).Select(n => (long)n), entity.Value));
    }

    [Fact]
    public async Task What_the_broker_dropped_before_it_was_read_is_published_again()
    {
        var topic = await kafka.TopicAsync("dropped");
        _silos.Progress.Register("one", [topic]);
        var relay = _silos.Relay("a");
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/0", 1, 5));
        var read = await kafka.ReadAsync(topic, 5);
        await Eventually.Is(0, () => relay.Held.Unacknowledged);

        _silos.Progress.Missing(read[0].TopicPartition, read[0].Offset.Value, read[3].Offset.Value);
        _silos.Progress.Effected("one", After(read[4]));

        var all = await kafka.ReadAsync(topic, 8);
        Assert.Equal(read.Take(3).Select(record => record.Message.Value), all.Skip(5).Select(record => record.Message.Value));
        Assert.Equal(3, (await _database.RowsAsync()).Count);
        _silos.Progress.Effected("one", After(all[7]));
        await Eventually.Is(0, async () => (await _database.RowsAsync()).Count);
    }

    [Fact]
    public async Task No_more_lies_in_the_broker_unconsumed_than_it_keeps()
    {
        const int Events = 40;
        var topic = await kafka.TopicAsync("unread");
        _silos.Progress.Register("one", [topic]);
        var relay = _silos.Relay("a", options => options.ForgettingMaxInFlightBytes = 100_000);
        await _database.RaiseAsync(relay, [.. Enumerable.Range(1, Events).Select(n => Raised.One(topic, "things/0", n, bytes: 10_000))]);
        await Eventually.Is(10, () => relay.Held.Count);
        await Eventually.Is(0, () => relay.Held.Unacknowledged);
        Assert.Equal(10, await kafka.CountAsync(topic));

        await kafka.ReadAsync(topic, Events, record => _silos.Progress.Effected("one", After(record)));

        await Eventually.Is(0, async () => (await _database.RowsAsync()).Count);
        Assert.Equal(Events, await kafka.CountAsync(topic));
    }

    private static TopicPartitionOffset After(ConsumeResult<string, string> record) => new(record.TopicPartition, record.Offset + 1);
}
