using System.Reflection;
using Airliner.Contracts;
using Airliner.Contracts.Cluster;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Airliner.ServiceDefaults.Cluster.Reports;

/// <summary>
/// Tells how its silo is. A grain service and not a grain: it is reached on the silo that it is of without the grain directory, a part of which may be on
/// another silo that does not answer. Which part of the ring it has means nothing here, so what a grain service logs of that is not logged.
/// </summary>
internal sealed partial class SiloReporter(
    GrainId id,
    Silo silo,
    ILocalSiloDetails local,
    IGrainFactory grains,
    HealthCheckService health,
    IEnumerable<ISiloReportSource> sources,
    TimeProvider time,
    ILogger<SiloReporter> log) : GrainService(id, silo, NullLoggerFactory.Instance), ISiloReporter
{
    /// <summary>Less than who asks waits.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2.5);

    private static readonly string _version =
        typeof(SiloReporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private DateTimeOffset _startedAt;

    public override Task Start()
    {
        _startedAt = time.Now();
        return base.Start();
    }

    public async Task<SiloReport> Report()
    {
        using var patience = new CancellationTokenSource(_patience, time);
        var failing = FailingAsync(patience.Token);
        var activations = ActivationsAsync(patience.Token);
        var report = new SiloReport(_version, _startedAt) { Services = sources.Select(source => source.Service).OfType<string>().ToArray() };
        foreach (var source in sources)
        {
            try
            {
                report = await source.AddToAsync(report, patience.Token).WaitAsync(patience.Token);
            }
            catch (Exception error)
            {
                // Whatever it is, the rest of the report is worth having.
                LogLeftOut(source.GetType().Name, error.Message);
            }
        }

        return report with { Failing = await failing, Grains = await activations };
    }

    private async Task<FailingCheck[]> FailingAsync(CancellationToken cancellationToken)
    {
        try
        {
            var checks = await health.CheckHealthAsync(cancellationToken).WaitAsync(cancellationToken);
            return checks.Entries.Where(check => check.Value.Status != HealthStatus.Healthy)
                .Select(check => new FailingCheck(check.Key, check.Value.Description ?? check.Value.Exception?.Message ?? ""))
                .ToArray();
        }
        catch (OperationCanceledException)
        {
            return [new FailingCheck("health", $"The health checks take longer than {_patience.TotalSeconds} s.")];
        }
    }

    /// <summary>Of our classes alone: how many the runtime has of its own says nothing of the work.</summary>
    private async Task<GrainCount[]> ActivationsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var counts = await grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics([local.SiloAddress], cancellationToken).WaitAsync(cancellationToken);
            return counts.Where(count => count.GrainType.StartsWith("Airliner.", StringComparison.Ordinal))
                .GroupBy(count => ClassOf(count.GrainType), count => count.ActivationCount, StringComparer.Ordinal)
                .Select(type => new GrainCount(type.Key, type.Sum()))
                .OrderByDescending(type => type.Count)
                .ThenBy(type => type.Type, StringComparer.Ordinal)
                .ToArray();
        }
        catch (Exception error)
        {
            LogLeftOut(nameof(SiloReport.Grains), error.Message);
            return [];
        }
    }

    /// <summary>The class of <c>Namespace.Class,Assembly</c>.</summary>
    private static string ClassOf(string type)
    {
        var name = type.Split(',')[0];
        return name[(name.LastIndexOf('.') + 1)..];
    }

    [LoggerMessage(LogLevel.Warning, "The report on this silo is without {Part}: {Reason}")]
    private partial void LogLeftOut(string part, string reason);
}
