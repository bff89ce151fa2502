using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Airliner.ServiceDefaults.Outbound;

/// <summary>Registers what speaks to hosts that users name.</summary>
public static class OutboundServices
{
    /// <exception cref="InvalidOperationException">A setting cannot be used; the message names it.</exception>
    public static IServiceCollection AddOutbound(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(new AllowedHosts(configuration));
        services.TryAddSingleton(provider => new OutboundHttp(provider.GetRequiredService<AllowedHosts>()));
        return services;
    }
}
