using Airliner.Contracts.Events;
using Airliner.Kafka.Embedded;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Rebalance;

public sealed class EmbeddedRebalanceTests(PostgresServer postgres) : RebalanceFacts(postgres)
{
    private EmbeddedBroker? _broker;

    protected override string Brokers => _broker!.BootstrapServers;

    protected override Task StartBrokerAsync()
    {
        _broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Topics = Topics.AllWithDeadLetters });
        return Task.CompletedTask;
    }

    protected override async Task StopBrokerAsync() => await _broker!.DisposeAsync();
}
