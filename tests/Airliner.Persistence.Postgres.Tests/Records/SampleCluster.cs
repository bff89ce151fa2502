using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Airliner.Persistence.Postgres.Tests.Records;

/// <summary>A silo with real grains on the sample tables, registered as a service's module registers them.</summary>
internal sealed class SampleCluster : IAsyncDisposable
{
    private const string Service = "sample";

    private readonly InProcessTestCluster _cluster;

    private SampleCluster(InProcessTestCluster cluster) => _cluster = cluster;

    public RecordingRelay Relay { get; private init; } = null!;

    public IServiceDatabase Ids => _cluster.Silos[0].ServiceProvider.GetRequiredKeyedService<IServiceDatabase>(Service);

    public static async Task<SampleCluster> StartAsync(SampleDatabase database)
    {
        var relay = new RecordingRelay("silo");
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            // The steps of some service: the sample tables are made with the database.
            silo.AddServiceDatabase(Service, database.ConnectionString, MigrationSource.Clustering);
            silo.Services.AddKeyedSingleton<IOutboxRelay>(Service, relay);
            silo.AddRecords(Service, Records.Sample.Table);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync().Within("the cluster to start");
        return new SampleCluster(cluster) { Relay = relay };
    }

    public ISampleGrain Sample(long id) => _cluster.Client.GetGrain<ISampleGrain>(id);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
