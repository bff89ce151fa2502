using Airliner.Contracts.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Airliner.ServiceDefaults.Cluster.Reports;

internal static class ClusterReports
{
    /// <summary>Lets a silo be asked how it is, and ask all others.</summary>
    public static ISiloBuilder AddClusterReports(this ISiloBuilder silo)
    {
        silo.AddGrainService<SiloReporter>();
        silo.Services.AddHealthChecks();
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton<SiloReporters>().AddSingleton<IClusterReporter, ClusterReporter>();
        return silo;
    }
}
