using Airliner.Kafka.Embedded;
using Airliner.Kafka.Tests.Brokers;
using Airliner.Testing;
using Xunit;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Tests.Outbox;

/// <summary>Each test breaks a broker of its own.</summary>
public sealed class BrokenBrokerTests(PostgresServer postgres) : IAsyncLifetime
{
    private readonly EmbeddedKafka _kafka = new();
    private OutboxDatabase _database = null!;
    private Silos _silos = null!;

    private BrokerFaults Faults => _kafka.Broker.Faults;

    public async ValueTask InitializeAsync()
    {
        await _kafka.UseAsync();
        _database = await OutboxDatabase.CreateAsync(postgres);
        _silos = new(_kafka, _database, brokerForgets: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _silos.DisposeAsync();
        await _database.DisposeAsync();
        await _kafka.DisposeAsync();
    }

    [Theory]
    [InlineData(50_000)]
    [InlineData(20)]
    public async Task While_the_broker_is_down_events_wait_and_come_in_order_when_it_is_up(int maxInFlight)
    {
        var topic = await _kafka.TopicAsync("down");
        var relay = _silos.Relay("a", options => options.MaxInFlightEvents = maxInFlight);
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/0", 1, 10));
        await _kafka.ReadAsync(topic, 10);

        await Faults.TakeDownAsync();
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/0", 11, 60));
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/1", 1, 60));
        Faults.BringUp();
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/0", 61, 100));
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/1", 61, 100));

        await AssertHoldsAsync(topic, entities: 2, each: 100);
    }

    [Theory]
    // The broker says that the producer is out of step.
    [InlineData(ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(ErrorCode.InvalidProducerEpoch)]
    // Errors that no retry of the producer heals.
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    [InlineData(ErrorCode.Unknown)]
    // Errors that the producer retries.
    [InlineData(ErrorCode.NotEnoughReplicas)]
    [InlineData(ErrorCode.Local_Transport)]
    public async Task An_error_of_the_broker_loses_nothing_and_keeps_the_order(ErrorCode error)
    {
        var topic = await _kafka.TopicAsync("errors");
        var relay = _silos.Relay("a");
        await _database.RaiseAsync(relay, Raised.One(topic, "things/0", 1));
        await _kafka.ReadAsync(topic, 1);

        for (var round = 0; round < 4; round++)
        {
            Faults.FailNext(BrokerRequest.Produce, error);
            for (var n = 0; n < 20; n++)
                await _database.RaiseAsync(relay, Raised.Many(topic, $"things/{n}", (round * 25) + (n == 0 && round == 0 ? 2 : 1), (round + 1) * 25));
        }

        await AssertHoldsAsync(topic, entities: 20, each: 100);
        await relay.StopAsync(CancellationToken.None);
        Assert.Empty(await _database.RowsAsync());
    }

    [Fact]
    public async Task What_the_broker_refuses_is_published_though_it_takes_what_comes_after()
    {
        const int Entities = 40;
        var topic = await _kafka.TopicAsync("overtaken");
        var relay = _silos.Relay("a");
        await _database.RaiseAsync(relay, Raised.One(topic, "things/0", 1));
        await _kafka.ReadAsync(topic, 1);

        // All in one partition, and slow enough for more than one batch to be on its way when the first is refused.
        Faults.Delay(TimeSpan.FromMilliseconds(100));
        Faults.FailNext(BrokerRequest.Produce, ErrorCode.NotEnoughReplicas);
        for (var n = 0; n < Entities; n++)
            await _database.RaiseAsync(relay, [.. Raised.Many(topic, $"things/{n}", n == 0 ? 2 : 1, 3).Select(e => e with { Key = "one" })]);

        await AssertHoldsAsync(topic, Entities, each: 3);
    }

    [Fact]
    public async Task A_batch_that_is_refused_for_one_of_its_events_is_taken_apart_in_order()
    {
        var topic = await _kafka.TopicAsync("refused");
        var ready = new TaskCompletionSource();
        var relay = _silos.Relay("a", topicsReady: ready.Task);
        for (var n = 0; n < 3; n++)
            await _database.RaiseAsync(relay, Raised.Many(topic, $"things/{n}", 1, 10));
        Faults.FailNext(BrokerRequest.Produce, ErrorCode.PolicyViolation);

        ready.SetResult();

        await AssertHoldsAsync(topic, entities: 3, each: 10);
        await relay.StopAsync(CancellationToken.None);
        Assert.Empty(await _database.RowsAsync());
    }

    [Fact]
    public async Task A_slow_broker_gets_everything_in_order()
    {
        var topic = await _kafka.TopicAsync("slow");
        var relay = _silos.Relay("a", options => options.MaxInFlightEvents = 50);
        Faults.Delay(TimeSpan.FromMilliseconds(50));

        for (var n = 0; n < 10; n++)
            await _database.RaiseAsync(relay, Raised.Many(topic, $"things/{n}", 1, 20));

        await AssertHoldsAsync(topic, entities: 10, each: 20);
    }

    [Fact]
    public async Task A_relay_that_stops_while_the_broker_is_down_leaves_its_rows_to_the_next()
    {
        var topic = await _kafka.TopicAsync("leaves");
        var relay = _silos.Relay("a", options => options.StopTimeout = TimeSpan.FromMilliseconds(200));
        await Faults.TakeDownAsync();
        await _database.RaiseAsync(relay, Raised.Many(topic, "things/0", 1, 10));

        await relay.StopAsync(CancellationToken.None);
        Assert.Equal(10, (await _database.RowsAsync()).Count);
        Faults.BringUp();
        _silos.DeclareDead("a");
        _silos.Relay("b");

        await AssertHoldsAsync(topic, entities: 1, each: 10);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Whatever_breaks_and_wherever_entities_go_each_event_comes_in_order(int seed)
    {
        const int Entities = 12, Each = 120;
        var topic = await _kafka.TopicAsync("chaos");
        var random = new Random(seed);
        OutboxRelayOf[] silos = [new("a"), new("b")];
        foreach (var silo in silos)
            silo.Relay = _silos.Relay(silo.Name, options => options.MaxInFlightEvents = 30);

        var grains = Enumerable.Range(0, Entities).Select(n => RaiseAsync($"things/{n}", new Random(seed + n + 1))).ToArray();
        var finished = Task.WhenAll(grains);
        while (!finished.IsCompleted)
        {
            ErrorCode[] errors = [ErrorCode.OutOfOrderSequenceNumber, ErrorCode.TopicAuthorizationFailed, ErrorCode.NotEnoughReplicas, ErrorCode.Local_Transport];
            Faults.FailNext(BrokerRequest.Produce, errors[random.Next(errors.Length)]);
            if (random.Next(4) == 0)
            {
                await Faults.TakeDownAsync();
                await Task.WhenAny(grains[random.Next(Entities)], _database.RowsAsync());
                Faults.BringUp();
            }

            if (random.Next(6) == 0)
            {
                // A silo dies, and another takes its place.
                var dying = silos[random.Next(silos.Length)];
                var next = $"{dying.Name}'";
                var dead = dying.Relay;
                dying.Relay = _silos.Relay(next, options => options.MaxInFlightEvents = 30);
                dying.Name = next;
                await dead.DisposeAsync();
                _silos.DeclareDead(dead.Owner);
            }

            await Task.WhenAny(finished, _kafka.CountAsync(topic));
        }

        await finished;
        await AssertHoldsAsync(topic, Entities, Each);
        await Eventually.Is(0, async () => (await _database.RowsAsync()).Count);

        async Task RaiseAsync(string subject, Random moves)
        {
            var relay = silos[0].Relay;
            for (var sequence = 1; sequence <= Each; sequence++)
            {
                // An activation ends, or its silo has died: the next one, on any silo, reads what is not published first.
                var alive = silos.Select(silo => silo.Relay).ToArray();
                if (moves.Next(8) == 0 || !alive.Contains(relay))
                {
                    relay = alive[moves.Next(alive.Length)];
                    await _database.ActivateAsync(relay, subject);
                }

                await _database.RaiseAsync(relay, Raised.One(topic, subject, sequence));
            }
        }
    }

    private async Task AssertHoldsAsync(string topic, int entities, int each)
    {
        var seen = await Sequences.ReadAsync(_kafka, topic, entities, each);
        Assert.All(seen, entity => Assert.Equal(Enumerable.Range(1, each).Select(n => (long)n), entity.Value));
    }

    private sealed class OutboxRelayOf(string name)
    {
        public string Name { get; set; } = name;

        internal Kafka.Outbox.OutboxRelay Relay { get; set; } = null!;
    }
}
