using System.Net;
using System.Net.Sockets;

namespace Airliner.Contracts;

/// <summary>What counts as one source of requests.</summary>
public static class SourceNetwork
{
    /// <summary>An IPv4 address as it is, of an IPv6 address its /64: that is the least that one customer gets (RFC 6177). <c>unknown</c> where it is no address.</summary>
    public static string Of(string? address)
    {
        if (!IPAddress.TryParse(address, out var ip))
            return "unknown";
        if (ip.IsIPv4MappedToIPv6)
            ip = ip.MapToIPv4();
        if (ip.AddressFamily == AddressFamily.InterNetwork)
            return ip.ToString();
        var bytes = ip.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return $"{new IPAddress(bytes)}/64";
    }
}
