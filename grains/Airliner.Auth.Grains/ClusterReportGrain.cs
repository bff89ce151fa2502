using Airliner.Contracts.Cluster;
using Orleans.Concurrency;

namespace Airliner.Auth.Grains;

/// <summary>
/// Tells how the cluster is. Key: any. Store: none; asks the reporters of all silos. It is here because who asks has to log in first: it needs no silo that
/// this did not.
/// </summary>
[Reentrant]
[StatelessWorker]
[GrainType("cluster-report")]
internal sealed class ClusterReportGrain(IClusterReporter reporter) : Grain, IClusterReportGrain
{
    public Task<ClusterReport> Report() => reporter.ReportAsync();
}
