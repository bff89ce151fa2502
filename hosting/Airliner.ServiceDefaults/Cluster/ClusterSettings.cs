namespace Airliner.ServiceDefaults.Cluster;

/// <summary>The cluster's settings, section <c>Cluster</c>. The defaults are measured: docs/adr has the figures.</summary>
public sealed class ClusterSettings
{
    public string ClusterId { get; set; } = "airliner";

    public string ServiceId { get; set; } = "airliner";

    /// <summary>The port that silos reach this silo on.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>The port that gateways reach this silo on.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The address to advertise; the host's own where none is given.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>Whether the silo listens on every address, as in a container, or on the advertised one alone.</summary>
    public bool ListenOnAnyAddress { get; set; }

    /// <summary>How often silos probe one another.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many probes may fail before a silo is suspected.</summary>
    public int MissedProbes { get; set; } = 2;

    /// <summary>How long a gateway waits for a grain's answer: as long as it tries at all, and what a call that a killed silo had costs its caller.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the grain directory is distributed by ranges, so that a silo's end drops no other silo's activations (experimental in Orleans 10).</summary>
    public bool DistributedDirectory { get; set; } = true;

    /// <summary>Whether the silo is a pod that Orleans shall watch the others of: one that is deleted counts as dead at once.</summary>
    public bool Kubernetes { get; set; }
}
