using Orleans.Services;

namespace Airliner.Contracts.Cluster;

/// <summary>Tells how the cluster is, as the silo sees it that answers. Key: any.</summary>
[Alias("airliner.IClusterReportGrain")]
public interface IClusterReportGrain : IGrainWithIntegerKey
{
    /// <summary>Asks all silos at once. One that does not answer in four seconds is told of without its report; the call does not fail for it.</summary>
    [Alias("Report")]
    Task<ClusterReport> Report();
}

/// <summary>Tells how its own silo is: one on every silo, of whatever service. Silos call it; it calls none.</summary>
[Alias("airliner.ISiloReporter")]
public interface ISiloReporter : IGrainService
{
    /// <summary>Takes three seconds at most: what is not known by then is left out.</summary>
    [Alias("Report")]
    Task<SiloReport> Report();
}

/// <summary>Asks the silos of the cluster, in one of them.</summary>
public interface IClusterReporter
{
    /// <inheritdoc cref="IClusterReportGrain.Report"/>
    Task<ClusterReport> ReportAsync();
}

/// <summary>A part of a silo that has something to report. Registered without a key, as many as there are.</summary>
public interface ISiloReportSource
{
    /// <summary>The service that the silo is of, where it is this part that tells; null else.</summary>
    string? Service => null;

    /// <summary>The report with what this part adds. It may fail, and is cancelled when it takes long: the report then goes without it.</summary>
    Task<SiloReport> AddToAsync(SiloReport report, CancellationToken cancellationToken);
}
