using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Airliner.ServiceDefaults.Health;

/// <summary>Readiness of a process: its start is done, startup tasks included, and nobody has asked it to stop.</summary>
internal sealed class LifetimeCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The process is stopping.")
        : lifetime.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Healthy()
        : HealthCheckResult.Unhealthy("The process is starting."));
}

internal static class LifetimeCheckRegistration
{
    public static IServiceCollection AddLifetimeCheck(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<LifetimeCheck>("process");
        return services;
    }
}
