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
    public async Task A_gateway_connects_to_its_own_services_silos_and_to_all_others_while_none_of_them_is_up()
    {
        var database = await DatabaseAsync();
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
        Assert.Equal(["10.0.0.3:30000"], await AddressesAsync(silos));

        await AddAsync(database, "10.0.0.6", "auth-f");
        Assert.Equal(["10.0.0.6:30000"], await AddressesAsync(silos));
    }

    [Fact]
    public async Task A_cluster_without_a_silo_has_none_to_connect_to()
    {
        using var gateway = Gateway(await DatabaseAsync());
        var silos = gateway.Services.GetRequiredService<IGatewayListProvider>();
        await silos.InitializeGatewayListProvider();

        Assert.Empty(await AddressesAsync(silos));
    }

    private static IHost Gateway(string database) => new HostBuilder()
        .UseOrleansClient(client => client.UseClusterDefaults(
            new ConfigurationBuilder().AddInMemoryCollection(
                [new("Cluster:ClusterId", "one"), new("Postgres:Cluster:ConnectionString", database)]).Build(),
            "auth"))
        .Build();

    private async Task<string> DatabaseAsync()
    {
        var database = await server.CreateDatabaseAsync();
        await Migrations.ApplyAsync(database, MigrationSource.Clustering);
        await Sql.ExecuteAsync(database, "insert into cluster_version (cluster_id) values ('one'), ('other')");
        return database;
    }

    private static Task AddAsync(
        string database, string address, string name, SiloStatus status = SiloStatus.Active, string cluster = "one", int gatewayPort = 30000) =>
        Sql.ExecuteAsync(database, $"""
            insert into cluster_member (cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started_at, alive_at)
            values ('{cluster}', '{address}', 11111, 7, '{name}', 'host', {status:d}, {gatewayPort}, now(), now())
            """);

    private static async Task<IEnumerable<string>> AddressesAsync(IGatewayListProvider silos) =>
        (await silos.GetGateways()).Select(silo => silo.Authority);
}
