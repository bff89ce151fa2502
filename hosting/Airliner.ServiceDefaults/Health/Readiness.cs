using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Airliner.ServiceDefaults.Health;

/// <summary>Readiness as a metric: a process that is not ready gets no requests, so no other metric tells of it.</summary>
internal sealed class Readiness(string service) : IHealthCheckPublisher
{
    private static readonly Meter _meter = new("Airliner.Health");
    private static readonly ConcurrentDictionary<string, bool> _isReady = new();

    static Readiness() => _meter.CreateObservableGauge(
        "airliner.ready",
        () => _isReady.Select(one => new Measurement<int>(one.Value ? 1 : 0, new KeyValuePair<string, object?>("service", one.Key))),
        description: "1 while the process can do its work.");

    /// <summary>Has the checks of <c>/readyz</c> run every few seconds.</summary>
    public static void Add(IServiceCollection services, string service)
    {
        // Also how soon those who watch gRPC health are told; whoever asks is answered as it is now.
        services.Configure<HealthCheckPublisherOptions>(options => options.Period = TimeSpan.FromSeconds(5));
        services.AddSingleton<IHealthCheckPublisher>(new Readiness(service));
    }

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        _isReady[service] = report.Status == HealthStatus.Healthy;
        return Task.CompletedTask;
    }
}
