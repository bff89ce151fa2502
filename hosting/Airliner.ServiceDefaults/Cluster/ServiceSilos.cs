using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Runtime.MembershipService;

namespace Airliner.ServiceDefaults.Cluster;

/// <summary>
/// The silos that a service's gateway connects to: those of that service, which host nearly all grains that it calls, so that no other service's has to pass a
/// call on. While there is none it connects to none: connections to others would be closed, with the calls that wait on them, when one is back.
/// </summary>
internal sealed class ServiceSilos(string service, AdoNetClusteringTable members, IOptions<GatewayOptions> options) : IGatewayListProvider
{
    public TimeSpan MaxStaleness => options.Value.GatewayListRefreshPeriod;

    public bool IsUpdatable => true;

    /// <summary>
    /// The name of a service's silo on this machine, by its service and its machine. Where the machine is named so already, as a pod is, by that alone:
    /// Kubernetes knows the silo by it.
    /// </summary>
    public static string NameHere(string service) => IsOf(service, Environment.MachineName) ? Environment.MachineName : $"{service}-{Environment.MachineName}";

    public Task InitializeGatewayListProvider() => members.InitializeMembershipTableAsync(tryInitTableVersion: false);

    public async Task<IList<Uri>> GetGateways() =>
    [
        .. from row in (await members.ReadAllAsync()).Members
           let silo = row.Item1
           where silo.Status == SiloStatus.Active && silo.ProxyPort > 0 && IsOf(service, silo.SiloName)
           select SiloAddress.New(silo.SiloAddress.Endpoint.Address, silo.ProxyPort, silo.SiloAddress.Generation).ToGatewayUri(),
    ];

    private static bool IsOf(string service, string siloName) => siloName.StartsWith(service, StringComparison.Ordinal);
}
