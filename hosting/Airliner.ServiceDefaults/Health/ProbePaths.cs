using System.Collections.Frozen;

namespace Airliner.ServiceDefaults.Health;

/// <summary>Where machines ask a gateway or silo how it is, again and again for ever.</summary>
public static class ProbePaths
{
    /// <summary>The process answers, whatever else is down.</summary>
    public const string Live = "/livez";

    /// <summary>It can do its work; 503 when not.</summary>
    public const string Ready = "/readyz";

    /// <summary>The same as <see cref="Ready"/>, for people.</summary>
    public const string Health = "/health";

    /// <summary>The metrics, as Prometheus reads them.</summary>
    public const string Metrics = "/metrics";

    internal static FrozenSet<string> All { get; } = FrozenSet.Create(StringComparer.Ordinal, Live, Ready, Health, Metrics);
}
