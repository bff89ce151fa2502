using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Airliner.ServiceDefaults.Outbound;

/// <summary>
/// The rule on addresses that users give (webhooks, files to fetch), as far as it can be seen from the text. What a name resolves to is judged when it is dialled
/// (<see cref="OutboundHttp"/>).
/// </summary>
public static class OutboundAddress
{
    private const int LongestUrl = 2048;

    /// <summary>Reads the address.</summary>
    /// <param name="error">What is wrong with it, and would be right, as a sentence without its subject.</param>
    public static bool TryParse(string? text, AllowedHosts allowed, [NotNullWhen(true)] out Uri? address, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        error = Complaint(text, allowed, out address);
        if (error is not null)
            address = null;
        return error is null;
    }

    private static string? Complaint(string? text, AllowedHosts allowed, out Uri? address)
    {
        address = null;
        if (string.IsNullOrEmpty(text))
            return "is required.";
        if (text.Length > LongestUrl)
            return $"must have at most {LongestUrl} characters.";
        // A backslash is a slash to some readers of URLs and a letter to others.
        if (text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter == '\\') || !Uri.TryCreate(text, UriKind.Absolute, out address))
            return "must be a whole URL, such as https://example.com/path.";
        if (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            return "must begin with https://.";
        if (address.UserInfo.Length > 0)
            return "must have no user name or password before the host.";
        var host = HostOf(address);
        if (host.Length == 0 || address.Port == 0)
            return "must name a host, and no port 0.";
        if (allowed.Contains(host, address.Port))
            return null;
        if (address.Scheme != Uri.UriSchemeHttps)
            return "must begin with https://.";
        return IsLocalName(host) || (IPAddress.TryParse(host, out var ip) && !PublicAddresses.Contains(ip))
            ? $"must name a public host: {host} is a private, local or reserved address."
            : null;
    }

    /// <summary>The host as it is dialled: other alphabets in their ASCII form, an IPv4 address in any notation as four numbers, an IPv6 one without brackets.</summary>
    internal static string HostOf(Uri address) => address.IdnHost.Trim('[', ']');

    /// <summary>Names that are this machine by definition (RFC 6761).</summary>
    private static bool IsLocalName(string host)
    {
        var name = host.TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
