using System.Net;
using System.Net.Sockets;

namespace Airliner.ServiceDefaults.Outbound;

/// <summary>Which addresses belong to somebody on the public internet (IANA's registries of special-purpose addresses).</summary>
internal static class PublicAddresses
{
    /// <summary>What of IPv4 is private, shared, local, reserved, or for documentation and tests.</summary>
    private static readonly IPNetwork[] _specialV4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>
    /// All of IPv6 that is given to anybody. Outside are loopback, unique local and link-local addresses, multicast, and all that hold an IPv4 address (mapped,
    /// compatible, 64:ff9b::/96).
    /// </summary>
    private static readonly IPNetwork _globalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Inside it: protocols with Teredo, documentation, 6to4.</summary>
    private static readonly IPNetwork[] _specialV6 = [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse)];

    public static bool Contains(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? !_specialV4.Any(network => network.Contains(address))
        // Asked by itself: IPNetwork finds a mapped address inside 2000::/3, which it is not.
        : !address.IsIPv4MappedToIPv6 && _globalUnicast.Contains(address) && !_specialV6.Any(network => network.Contains(address));
}
