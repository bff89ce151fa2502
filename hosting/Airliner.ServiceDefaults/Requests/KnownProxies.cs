using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>Proxies in front of a gateway, whose word is taken for where a request came from.</summary>
public static class KnownProxies
{
    private const string Setting = "Gateway:KnownProxies";

    /// <summary>
    /// Takes <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> from the addresses and networks that <c>Gateway:KnownProxies</c> lists, with commas between, and
    /// from nobody else; from nobody at all where it lists none. Through several of them, back to the first that is not listed.
    /// </summary>
    /// <exception cref="InvalidOperationException">An entry is neither; the message has it.</exception>
    public static void UseKnownProxies(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // The framework's own defaults would trust this machine, and one proxy in a row.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var entry in app.Configuration.Entries(Setting))
        {
            if (IPAddress.TryParse(entry, out var address))
                options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(entry, out var network))
                options.KnownIPNetworks.Add(network);
            else
                throw new InvalidOperationException($"{Setting}: '{entry}' is neither an address nor a network such as 10.0.0.0/8.");
        }

        // The middleware takes everybody's word where it knows no proxy.
        if (options.KnownProxies.Count > 0 || options.KnownIPNetworks.Count > 0)
            app.UseForwardedHeaders(options);
    }
}
