using Airliner.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Airliner.ServiceDefaults.Health;

/// <summary>Readiness of a gateway: a silo of its service is there, and its database answers.</summary>
public static class ServiceProbeCheck
{
    /// <summary>Adds the check to <c>/readyz</c> and to gRPC health.</summary>
    public static void AddServiceProbe<TProbe>(this IServiceCollection services)
        where TProbe : IServiceProbe => services.AddHealthChecks().AddCheck<Check<TProbe>>("service", timeout: TimeSpan.FromSeconds(3));

    private sealed class Check<TProbe>(IGrainFactory grains) : IHealthCheck
        where TProbe : IServiceProbe
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await grains.GetGrain<TProbe>(0).Ping().WaitAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception error)
            {
                // Whatever it is, the service cannot work; health says so and goes on.
                // Anyone may read it, so what exactly failed, which names hosts, is for the log alone.
                return HealthCheckResult.Unhealthy("No silo of the service answers, or its database is away.", error);
            }
        }
    }
}
