using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Airliner.ServiceDefaults.Telemetry;

/// <summary>Traces and metrics by OpenTelemetry.</summary>
public static class TelemetryDefaults
{
    private static readonly ActivityListener _propagation = new()
    {
        ShouldListenTo = source => source.Name == "Microsoft.Orleans.Application",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
    };

    /// <summary>
    /// Metrics for <c>/metrics</c>; traces and metrics to an OTLP collector as well, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one.
    /// </summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string service)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService($"airliner-{service}"))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter("Microsoft.Orleans", "Npgsql", "Airliner.*")
                .AddPrometheusExporter());
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            // Nobody collects the traces, but their ids still go from the request through the grains into the events.
            ActivitySource.AddActivityListener(_propagation);
            return;
        }

        telemetry.WithTracing(traces => traces
            .AddAspNetCoreInstrumentation()
            .AddSource("Microsoft.Orleans.Application", "Microsoft.Orleans.Storage", "Airliner.*")
            .AddNpgsql());
        telemetry.UseOtlpExporter();
    }

    /// <summary><c>/metrics</c>, as Prometheus reads it.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous().DisableRateLimiting();
}
