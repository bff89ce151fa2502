using Airliner.Embedded;
using Airliner.Persistence.Postgres.AdoNet;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Storage;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.AdoNet;

/// <summary>A silo with grain state in a database of its own.</summary>
public sealed class GrainStateSilo(PostgresServer server) : IAsyncLifetime
{
    private IHost? _host;

    public string Database { get; private set; } = "";

    /// <summary>Storage as modules add it: clearing deletes.</summary>
    public IGrainStorage Storage => _host!.Services.GetRequiredKeyedService<IGrainStorage>("state");

    /// <summary>The same, but clearing keeps the row: the provider's other way, by another query.</summary>
    public IGrainStorage KeepingStorage => _host!.Services.GetRequiredKeyedService<IGrainStorage>("keeping");

    public async ValueTask InitializeAsync()
    {
        Database = await server.CreateDatabaseAsync();
        await Migrations.ApplyAsync(Database, MigrationSource.GrainState);
        var (siloPort, gatewayPort) = (LoopbackPort.Free(), LoopbackPort.Free());
        _host = new HostBuilder()
            .UseOrleans(silo => silo
                .UseLocalhostClustering(siloPort, gatewayPort)
                .AddGrainStateStorage("state", Database)
                .AddGrainStateStorage("keeping", Database)
                .ConfigureServices(services =>
                    services.Configure<AdoNetGrainStorageOptions>("keeping", options => options.DeleteStateOnClear = false)))
            .Build();
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host!.StopAsync();
        _host.Dispose();
    }
}
