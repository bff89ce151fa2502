using Airliner.Compose.Tests.Engine;

namespace Airliner.Compose.Tests;

/// <summary>Kafka without ZooKeeper.</summary>
public sealed class KraftTests(ComposedSystem system) : IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        // A broker is chosen before the first start: silos that had another would not make its topics.
        await system.RemoveAsync();
        await system.UpAsync("docker-compose.kraft.yml");
    }

    public async ValueTask DisposeAsync() => await system.RemoveAsync();

    [Fact]
    public async Task One_KRaft_broker_takes_the_place_of_Kafka_and_ZooKeeper()
    {
        Assert.DoesNotContain("zookeeper", await system.ComposeAsync("ps", "--all", "--orphans", "--format", "{{.Service}}"), StringComparison.Ordinal);
        await Demo.RunAsync(system);
    }
}
