using System.Net;
using Airliner.Embedded;
using Airliner.Persistence.Postgres.AdoNet;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.AdoNet;

public sealed class PostgresClusteringTests(PostgresServer server)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Two_silos_find_each_other_a_client_finds_a_gateway_and_a_silo_that_stops_is_marked_dead()
    {
        var database = await server.CreateDatabaseAsync();
        await Migrations.ApplyAsync(database, MigrationSource.Clustering);
        using var one = CreateSilo(database);
        using var two = CreateSilo(database);
        using var client = new HostBuilder()
            .UseOrleansClient(orleans => orleans
                .UseAdoNetClustering((AdoNetClusteringClientOptions options) => (options.Invariant, options.ConnectionString) = ("Npgsql", database))
                .Configure<ClusterOptions>(Identify))
            .Build();

        await one.StartAsync();
        await two.StartAsync();
        await SeesActiveAsync(one, 2);
        await SeesActiveAsync(two, 2);

        await client.StartAsync();
        var management = client.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        Assert.Equal(2, (await management.GetHosts(onlyActive: true)).Count);
        await client.StopAsync();

        await two.StopAsync();
        await SeesActiveAsync(one, 1);
        Assert.Equal(
            $"{SiloStatus.Active:d},{SiloStatus.Dead:d}",
            await Sql.ScalarAsync<string>(database, "select string_agg(status::text, ',' order by started_at) from cluster_member"));

        await one.StopAsync();
    }

    private static async Task SeesActiveAsync(IHost silo, int count)
    {
        using var patience = new CancellationTokenSource(_patience);
        var membership = silo.Services.GetRequiredService<IClusterMembershipService>();
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(patience.Token))
        {
            if (snapshot.Members.Values.Count(member => member.Status == SiloStatus.Active) == count)
                return;
        }
    }

    private static IHost CreateSilo(string database)
    {
        var (siloPort, gatewayPort) = (LoopbackPort.Free(), LoopbackPort.Free());
        return new HostBuilder()
            .UseOrleans(silo => silo
                .UsePostgresClustering(database)
                .Configure<ClusterOptions>(Identify)
                .ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort))
            .Build();
    }

    private static void Identify(ClusterOptions cluster) => (cluster.ClusterId, cluster.ServiceId) = ("two silos", "airliner");
}
