using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Airliner.ServiceDefaults.Health;

/// <summary>Readiness of a silo: the cluster counts it as active.</summary>
internal sealed class SiloCheck(ISiloStatusOracle membership) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        membership.CurrentStatus is SiloStatus.Active ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"The silo is {membership.CurrentStatus}."));
}
