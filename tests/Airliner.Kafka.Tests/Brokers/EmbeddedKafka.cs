using Airliner.Kafka.Embedded;
using Xunit;

[assembly: AssemblyFixture(typeof(Airliner.Kafka.Tests.Brokers.EmbeddedKafka))]

namespace Airliner.Kafka.Tests.Brokers;

/// <summary>The broker that ships with the product. A test that breaks it starts one of its own.</summary>
public sealed class EmbeddedKafka : KafkaFixture
{
    private EmbeddedBroker? _broker;

    public EmbeddedBroker Broker => _broker ?? throw new InvalidOperationException("The test did not await UseAsync first.");

    public override string BootstrapServers => Broker.BootstrapServers;

    protected override Task StartAsync()
    {
        _broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions());
        return Task.CompletedTask;
    }

    protected override async Task StopAsync() => await Broker.DisposeAsync();

    protected override Task CreateTopicAsync(string topic)
    {
        Broker.CreateTopic(topic);
        return Task.CompletedTask;
    }
}
