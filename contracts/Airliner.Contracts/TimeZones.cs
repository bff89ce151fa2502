using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Airliner.Contracts;

/// <summary>Time zones by their IANA names, for example <c>Europe/Oslo</c>.</summary>
public static partial class TimeZones
{
    /// <summary>The time zone where none is named.</summary>
    public const string Utc = "UTC";

    /// <summary>Finds a time zone that is known here.</summary>
    public static bool TryFind(string id, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        return Name().IsMatch(id) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone);
    }

    /// <summary>As IANA's names are. A time zone is a file, which the platform looks for by its name, and must not be any other.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}\z")]
    private static partial Regex Name();
}
