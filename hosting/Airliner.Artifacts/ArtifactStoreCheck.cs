using Airliner.Contracts.Records;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Airliner.Artifacts;

/// <summary>Readiness of the artifact store: it can be reached.</summary>
internal sealed class ArtifactStoreCheck(IArtifactStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StorageUnavailableException error)
        {
            return HealthCheckResult.Unhealthy(error.Message);
        }
    }
}
