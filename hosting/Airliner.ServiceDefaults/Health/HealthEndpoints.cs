using System.Text.Json;
using Airliner.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Airliner.ServiceDefaults.Health;

/// <summary>Health, for people, load balancers and orchestrators.</summary>
public static class HealthEndpoints
{
    /// <summary>
    /// <c>/livez</c> (the process answers, whatever else is down), <c>/readyz</c> and <c>/health</c> (it can do its work; 503 when not).
    /// </summary>
    /// <param name="service">The service's name in the answer.</param>
    public static void MapHealth(this IEndpointRouteBuilder routes, string service)
    {
        routes.MapHealthChecks(ProbePaths.Live, Options(service, _ => false)).AsProbe();
        routes.MapHealthChecks(ProbePaths.Ready, Options(service, _ => true)).AsProbe();
        routes.MapHealthChecks(ProbePaths.Health, Options(service, _ => true)).AsProbe();
    }

    /// <summary>Says that machines ask for this again and again: it needs no token and no permit, and counts for no metric of requests.</summary>
    internal static void AsProbe(this IEndpointConventionBuilder route) => route.AllowAnonymous().ExcludeFromDescription().DisableRateLimiting().DisableHttpMetrics();

    private static HealthCheckOptions Options(string service, Func<HealthCheckRegistration, bool> which) => new()
    {
        Predicate = which,
        ResponseWriter = (http, report) => WriteAsync(http, service, report),
    };

    private static Task WriteAsync(HttpContext http, string service, HealthReport report)
    {
        http.Response.ContentType = "application/json";
        var healthy = report.Status == HealthStatus.Healthy;
        var failing = report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy)
            .ToDictionary(entry => entry.Key, entry => entry.Value.Description ?? entry.Value.Exception?.Message ?? "");
        return healthy
            ? JsonSerializer.SerializeAsync(http.Response.Body, new { status = "healthy", service }, AirlinerJson.Options)
            : JsonSerializer.SerializeAsync(http.Response.Body, new { status = "unhealthy", service, failing }, AirlinerJson.Options);
    }
}
