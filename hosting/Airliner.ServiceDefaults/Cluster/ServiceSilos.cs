using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Runtime.MembershipService;

namespace Airliner.ServiceDefaults.Cluster;

/// <summary>
/// The silos that a service's gateway connects to: those of that service, which host nearly all grains that it calls, so that no other silo has to pass a call
/// on. While none of them is up, all others, which know when one is.
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

    public async Task<IList<Uri>> GetGateways()
    {
        var silos = (await members.ReadAllAsync()).Members.Select(row => row.Item1).Where(silo => silo.Status == SiloStatus.Active && silo.ProxyPort > 0).ToArray();
        var own = Array.FindAll(silos, silo => IsOf(service, silo.SiloName));
        return [.. (own.Length > 0 ? own : silos).Select(GatewayOf)];
    }

    private static bool IsOf(string service, string siloName) => siloName.StartsWith(service, StringComparison.Ordinal);

    private static Uri GatewayOf(MembershipEntry silo) =>
        SiloAddress.New(silo.SiloAddress.Endpoint.Address, silo.ProxyPort, silo.SiloAddress.Generation).ToGatewayUri();
}
