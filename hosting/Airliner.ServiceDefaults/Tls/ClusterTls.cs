using Microsoft.Extensions.Configuration;
using Orleans.Configuration;

namespace Airliner.ServiceDefaults.Tls;

/// <summary>
/// Mutual TLS between silos, and between gateways and silos, where the section <c>Cluster:Tls</c> names files. A silo's certificate has the name
/// <c>SiloName</c> (<c>airliner-silo</c>), a gateway's <c>GatewayName</c> (<c>airliner-gateway</c>): who has a gateway's is no silo.
/// </summary>
internal static class ClusterTls
{
    private const string Section = "Cluster:Tls";

    /// <exception cref="InvalidOperationException">A setting or a file cannot be used; the message names it.</exception>
    public static ISiloBuilder UseClusterTls(this ISiloBuilder silo, IConfiguration configuration)
    {
        var (siloName, gatewayName) = Names(configuration);
        if (ClusterIdentity.Load(configuration.GetSection(Section), siloName, isServer: true, TimeProvider.System) is not { } identity)
            return silo;
        return silo.Configure<SiloConnectionOptions>(connections =>
        {
            connections.ConfigureSiloInboundConnection(connection => connection.UseServerTls(identity.From(siloName)));
            connections.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(identity.To(siloName)));
            connections.ConfigureGatewayInboundConnection(connection => connection.UseServerTls(identity.From(gatewayName)));
        });
    }

    /// <inheritdoc cref="UseClusterTls(ISiloBuilder, IConfiguration)"/>
    public static IClientBuilder UseClusterTls(this IClientBuilder client, IConfiguration configuration)
    {
        var (siloName, gatewayName) = Names(configuration);
        if (ClusterIdentity.Load(configuration.GetSection(Section), gatewayName, isServer: false, TimeProvider.System) is not { } identity)
            return client;
        return client.Configure<ClientConnectionOptions>(connections =>
            connections.ConfigureConnection(connection => connection.UseClientTls(identity.To(siloName))));
    }

    private static (string Silo, string Gateway) Names(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection(Section);
        return (Name("SiloName", "airliner-silo"), Name("GatewayName", "airliner-gateway"));

        string Name(string setting, string otherwise) => section[setting] is { Length: > 0 } name ? name : otherwise;
    }
}
