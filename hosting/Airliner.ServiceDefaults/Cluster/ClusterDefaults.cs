using System.Net;
using Airliner.ServiceDefaults.Cluster.Reports;
using Airliner.ServiceDefaults.Tls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Runtime.MembershipService;

namespace Airliner.ServiceDefaults.Cluster;

/// <summary>How every silo and every gateway takes part in the cluster.</summary>
public static class ClusterDefaults
{
    private static readonly TimeSpan _refreshPeriod = TimeSpan.FromSeconds(5);

    /// <summary>A service's silo in a cluster of many; how it learns of the others is the caller's.</summary>
    public static ISiloBuilder UseClusterDefaults(this ISiloBuilder silo, IConfiguration configuration, string service)
    {
        ArgumentNullException.ThrowIfNull(silo);
        var settings = Settings(configuration);
        if (settings.AdvertisedAddress is { } address)
            silo.ConfigureEndpoints(IPAddress.Parse(address), settings.SiloPort, settings.GatewayPort, settings.ListenOnAnyAddress);
        else
            silo.ConfigureEndpoints(settings.SiloPort, settings.GatewayPort, listenOnAnyHostAddress: settings.ListenOnAnyAddress);
        if (settings.Kubernetes)
            silo.UseKubernetesHosting();
        silo.UseSiloDefaults(settings).UseClusterTls(configuration).AddDashboardWhereEnabled(configuration);
        return silo.Configure<SiloOptions>(options => options.SiloName = ServiceSilos.NameHere(service));
    }

    /// <summary>The one silo of a cluster, whose membership ends with its process.</summary>
    public static ISiloBuilder UseSingleSilo(this ISiloBuilder silo, int siloPort, int gatewayPort)
    {
        ArgumentNullException.ThrowIfNull(silo);
        // Nobody would take over, so an answer that is slow, as on a laptop that is busy, is worth more than a quick failure.
        return silo.UseLocalhostClustering(siloPort, gatewayPort)
            .UseSiloDefaults(new ClusterSettings { DistributedDirectory = false, ResponseTimeout = TimeSpan.FromSeconds(30) })
            .Configure<SiloOptions>(options => options.SiloName = Environment.MachineName);
    }

    /// <summary>A client of the cluster whose membership is in Postgres (<c>Postgres:Cluster</c>), as a service's gateway is one.</summary>
    public static IClientBuilder UseClusterDefaults(this IClientBuilder client, IConfiguration configuration, string service)
    {
        ArgumentNullException.ThrowIfNull(client);
        var settings = Settings(configuration);
        var connectionString = PostgresSettings.ConnectionString(configuration, "Cluster");
        client.Services.Configure<AdoNetClusteringSiloOptions>(options => (options.Invariant, options.ConnectionString) = ("Npgsql", connectionString));
        client.Services.AddSingleton<AdoNetClusteringTable>();
        client.Services.AddSingleton<IGatewayListProvider>(services => ActivatorUtilities.CreateInstance<ServiceSilos>(services, service));
        RememberedInterfaces.AddTo(client.Services);
        client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ServiceId));
        // By default a new silo, and the first one of a service with its grains, stay unseen for a minute.
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = _refreshPeriod);
        client.Configure<TypeManagementOptions>(options => options.TypeMapRefreshInterval = _refreshPeriod);
        client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = settings.ResponseTimeout);
        client.AddActivityPropagation();
        client.UseClusterTls(configuration);
        client.UseConnectionRetryFilter(async (_, cancellation) =>
        {
            // A gateway may start before the first silo: it waits, and is not ready meanwhile.
            await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
            return true;
        });
        return client;
    }

    private static ISiloBuilder UseSiloDefaults(this ISiloBuilder silo, ClusterSettings settings)
    {
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ServiceId));
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = settings.ProbeTimeout;
            options.MinProbeTimeout = settings.ProbeTimeout / 2;
            options.MaxProbeTimeout = settings.ProbeTimeout * 2;
            options.NumMissedProbesLimit = settings.MissedProbes;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(10);
            // After all silos were killed at once, joiners wait until the dead rows look stale: three of these, not ninety seconds.
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            options.EnableConnectionLivenessCheck = false;
            options.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
            options.DefunctSiloExpiration = TimeSpan.FromHours(1);
        });
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = settings.ResponseTimeout);
        silo.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromSeconds(10);
            options.EnableActivationSheddingOnMemoryPressure = true;
        });
        silo.AddActivityPropagation();
        silo.ReadStatesAfterMoves();
        RememberedInterfaces.AddTo(silo.Services);
        silo.AddClusterReports();
        if (settings.DistributedDirectory)
        {
#pragma warning disable ORLEANSEXP003 // Experimental, and worth it: see the decision record on the grain directory.
            silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
            silo.Services.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.Zero);
        }

        return silo;
    }

    private static ClusterSettings Settings(IConfiguration configuration) => configuration.GetSection("Cluster").Get<ClusterSettings>() ?? new();
}
