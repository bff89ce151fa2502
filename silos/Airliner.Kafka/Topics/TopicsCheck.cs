using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Airliner.Kafka.Topics;

/// <summary>
/// Readiness of Kafka: since the start it has answered once, and it has the topics. A broker that goes away later delays events and no requests, so it does not
/// count against the silo.
/// </summary>
internal sealed class TopicsCheck(TopicSetup topics) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        topics.Ready.IsCompletedSuccessfully
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("Kafka has not answered yet, or its topics are not there."));
}
