using Airliner.Kafka.Outbox;
using Airliner.Kafka.Tests.Brokers;

namespace Airliner.Kafka.Tests.Outbox;

/// <summary>Starts relays as the silos of a cluster have them, without the silos.</summary>
internal sealed class Silos(KafkaFixture kafka, OutboxDatabase database, bool brokerForgets) : IOutboxOwners, IAsyncDisposable
{
    private readonly HashSet<string> _gone = [];
    private readonly List<OutboxRelay> _relays = [];

    /// <summary>How far the consumers of the process are.</summary>
    public ConsumptionProgress Progress { get; init; } = new();

    /// <summary>Whether nobody can tell which silos are gone.</summary>
    public bool MembershipIsAway { get; set; }

    public KafkaOptions Options(Action<KafkaOptions>? change = null)
    {
        var options = new KafkaOptions
        {
            BootstrapServers = kafka.BootstrapServers,
            BrokerForgets = brokerForgets,
            AdoptionInterval = TimeSpan.FromMilliseconds(100),
            // A stop publishes what there is, however slow the machine; the tests of an impatient one say so.
            StopTimeout = KafkaFixture.Patience,
        };
        change?.Invoke(options);
        return options;
    }

    /// <summary>A relay of a silo of this name, started unless <paramref name="start"/> is false.</summary>
    public OutboxRelay Relay(string owner, Action<KafkaOptions>? change = null, bool start = true, Task? topicsReady = null)
    {
        var relay = new OutboxRelay(
            "tests", owner, database.Source, Options(change), this, Progress, topicsReady ?? Task.CompletedTask, TimeProvider.System, new TestLogger<OutboxRelay>());
        _relays.Add(relay);
        if (start)
            relay.Start();
        return relay;
    }

    public void DeclareDead(string owner)
    {
        lock (_gone)
            _gone.Add(owner);
    }

    public Task<IReadOnlyCollection<string>> GoneAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken)
    {
        if (MembershipIsAway)
            throw new IOException("The membership cannot be read.");
        lock (_gone)
            return Task.FromResult<IReadOnlyCollection<string>>([.. owners.Where(_gone.Contains)]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays)
            await relay.DisposeAsync();
    }
}
