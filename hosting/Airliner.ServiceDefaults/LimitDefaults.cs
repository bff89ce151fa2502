using Airliner.Contracts.Limits;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Airliner.ServiceDefaults;

/// <summary>Limits as they are configured.</summary>
public static class LimitDefaults
{
    /// <summary>Registers a limit's settings, from the section <c>Limits:{name}</c>.</summary>
    /// <exception cref="InvalidOperationException">They let nothing through, or cannot be counted; the message names the section.</exception>
    public static IServiceCollection AddLimit<TSettings>(this IServiceCollection services, IConfiguration configuration, string name)
        where TSettings : LimitSettings, new()
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = $"Limits:{name}";
        return services.AddSingleton(LimitSettings.Checked(configuration.GetSection(section).Get<TSettings>() ?? new(), section));
    }
}
