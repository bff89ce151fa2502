using Airliner.Contracts.Records;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>Readiness of a service's database: it answers.</summary>
internal sealed class DatabaseCheck(IServiceDatabase database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await database.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StorageUnavailableException error)
        {
            return HealthCheckResult.Unhealthy(error.Message);
        }
    }
}
