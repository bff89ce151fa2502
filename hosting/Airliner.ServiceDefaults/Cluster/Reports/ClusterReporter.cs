using Airliner.Contracts.Cluster;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;

namespace Airliner.ServiceDefaults.Cluster.Reports;

/// <summary>
/// Asks every silo that is active for its report. Who is a member is read from what this silo knows, so that a database of the membership that is away is not
/// waited for.
/// </summary>
internal sealed partial class ClusterReporter(IClusterMembershipService membership, SiloReporters reporters, TimeProvider time, ILogger<ClusterReporter> log) : IClusterReporter
{
    /// <summary>Less than a gateway waits for a grain's answer.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(4);

    public async Task<ClusterReport> ReportAsync() => new(await Task.WhenAll(membership.CurrentSnapshot.Members.Values.Select(MemberAsync)));

    private async Task<MemberReport> MemberAsync(ClusterMember member) => new(
        member.SiloAddress.ToParsableString(),
        member.Name,
        StatusOf(member.Status),
        member.Status == SiloStatus.Active ? await AskAsync(member.SiloAddress) : null);

    private async Task<SiloReport?> AskAsync(SiloAddress silo)
    {
        try
        {
            return await reporters.Of(silo).Report().WaitAsync(_patience, time);
        }
        catch (Exception error)
        {
            // Dead and not declared so yet, frozen, busy, or of a version that has no reporter.
            LogNoAnswer(silo, error.Message);
            return null;
        }
    }

    private static string StatusOf(SiloStatus status) => status switch
    {
        SiloStatus.Active => "active",
        SiloStatus.Dead => "dead",
        SiloStatus.ShuttingDown or SiloStatus.Stopping => "stopping",
        _ => "joining",
    };

    [LoggerMessage(LogLevel.Warning, "The silo {Silo} does not report: {Reason}")]
    private partial void LogNoAnswer(SiloAddress silo, string reason);
}

/// <summary>The reporters of silos, by the silo.</summary>
internal sealed class SiloReporters(IServiceProvider services) : GrainServiceClient<ISiloReporter>(services)
{
    public ISiloReporter Of(SiloAddress silo) => GetGrainService(silo);
}
