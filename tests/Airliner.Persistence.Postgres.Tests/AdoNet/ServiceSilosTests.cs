using Airliner.Persistence.Postgres.Schema;
using Airliner.ServiceDefaults.Cluster;
using Airliner.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Messaging;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.AdoNet;

public sealed class ServiceSilosTests(PostgresServer server)
{
    [Fact]
    public async Task A_gateway_connects_to_the_silos_of_its_own_service_that_are_up_and_to_no_others()
    {
        var database = await server.CreateDatabaseAsync();
        await Migrations.ApplyAsync(database, MigrationSource.Clustering);
        await Sql.ExecuteAsync(database, "insert into cluster_version (cluster_id) values ('one'), ('other')");
        await AddAsync(database, "10.0.0.1", "auth-a");
        await AddAsync(database, "10.0.0.2", "auth-b", SiloStatus.Dead);
        await AddAsync(database, "10.0.0.3", "notification-c");
        await AddAsync(database, "10.0.0.4", "auth-d", cluster: "other");
        await AddAsync(database, "10.0.0.5", "auth-e", gatewayPort: 0);
        using var gateway = Gateway(database);
        var silos = gateway.Services.GetRequiredService<IGatewayListProvider>();
        await silos.InitializeGatewayListProvider();

        Assert.Equal(["10.0.0.1:30000"], await AddressesAsync(silos));

        await Sql.ExecuteAsync(database, $"update cluster_member set status = {SiloStatus.Dead:d} where address = '10.0.0.1'");
        Assert.Empty(await AddressesAsync(silos));

        await AddAsync(database, "10.0.0.6", "auth-f");
        Assert.Equal(["10.0.0.6:30000"], await AddressesAsync(silos));
    }

    private static IHost Gateway(string database) => new HostBuilder()
        .UseOrleansClient(client => client.UseClusterDefaults(
            new ConfigurationBuilder().AddInMemoryCollection(
                [new("Cluster:ClusterId", "one"), new("Postgres:Cluster:ConnectionString", database)]).Build(),
            "auth"))
        .Build();

    private static Task AddAsync(
        string database, string address, string name, SiloStatus status = SiloStatus.Active, string cluster = "one", int gatewayPort = 30000) =>
        Sql.ExecuteAsync(database, $"""
            insert into cluster_member (cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started_at, alive_at)
            values ('{cluster}', '{address}', 11111, 7, '{name}', 'host', {status:d}, {gatewayPort}, now(), now())
            """);

    private static async Task<IEnumerable<string>> AddressesAsync(IGatewayListProvider silos) =>
        (await silos.GetGateways()).Select(silo => silo.Authority);
}
