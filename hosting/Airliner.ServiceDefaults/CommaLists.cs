using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults;

/// <summary>Settings that list several things in one text, as an environment variable can.</summary>
public static class CommaLists
{
    /// <summary>What the setting lists, with commas between; none where it is not set.</summary>
    public static string[] Entries(this IConfiguration configuration, string setting)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return (configuration[setting] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
