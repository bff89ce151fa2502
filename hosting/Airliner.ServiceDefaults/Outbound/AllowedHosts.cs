using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults.Outbound;

/// <summary>
/// Hosts that users may name although the rule on addresses refuses them: <c>Outbound:AllowedHosts</c>, exact <c>host:port</c> entries with commas between. For
/// intranets and tests; such a host may also be spoken to without TLS.
/// </summary>
public sealed class AllowedHosts
{
    private const string Setting = "Outbound:AllowedHosts";

    private readonly IConfiguration _configuration;

    /// <exception cref="InvalidOperationException">An entry is not <c>host:port</c>; the message has it.</exception>
    public AllowedHosts(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _configuration = configuration;
        foreach (var entry in configuration.Entries(Setting))
        {
            if (entry.LastIndexOf(':') is var colon && (colon < 1 || !ushort.TryParse(entry[(colon + 1)..], out _)))
                throw new InvalidOperationException($"{Setting}: '{entry}' is not host:port, such as hooks.intranet:8443.");
        }
    }

    /// <summary>Whether the host may be named. An IPv6 address stands without brackets on both sides.</summary>
    public bool Contains(string host, int port)
    {
        var name = $"{host}:{port}";
        return _configuration.Entries(Setting).Any(entry => entry.Equals(name, StringComparison.OrdinalIgnoreCase));
    }
}
