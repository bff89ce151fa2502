using System.Diagnostics;
using Airliner.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Airliner.ServiceDefaults.Telemetry;

/// <summary>Traces and metrics by OpenTelemetry, and the trace's ids in the log.</summary>
public static class TelemetryDefaults
{
    private const string GrainCalls = "Microsoft.Orleans.Application";
    private const string Ours = "Airliner.";

    private static readonly ActivityListener _propagation = new()
    {
        ShouldListenTo = source => source.Name == GrainCalls || source.Name.StartsWith(Ours, StringComparison.Ordinal),
        // Of ours those alone that go on with what came from elsewhere: within a process the ids are there anyway.
        Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
            options.Source.Name == GrainCalls || options.Parent.IsRemote ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.None,
    };

    /// <summary>
    /// Metrics for <c>/metrics</c>; traces and metrics to an OTLP collector as well, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one.
    /// </summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string service)
    {
        ArgumentNullException.ThrowIfNull(builder);
        // In the JSON of a line as TraceId and SpanId among its scopes.
        builder.Logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        builder.Services.Configure<JsonConsoleFormatterOptions>(options => options.IncludeScopes = true);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Configuration["OTEL_SERVICE_NAME"] ?? $"airliner-{service}"))
            .WithMetrics(metrics => metrics
                .AddMeter([.. FrameworkMetrics.Meters, $"{Ours}*"])
                .AddView(FrameworkMetrics.DropOthers)
                .AddPrometheusExporter());
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            // Nobody collects the traces, but their ids still go from the request through the grains into the events, and on to the mail.
            ActivitySource.AddActivityListener(_propagation);
            return;
        }

        telemetry.WithMetrics(metrics => metrics.AddOtlpExporter()).WithTracing(traces => traces
            // What is asked every few seconds for ever says nothing in a trace.
            .AddAspNetCoreInstrumentation(options => options.Filter = http => !ProbePaths.All.Contains(http.Request.Path.Value ?? ""))
            .AddSource(GrainCalls, $"{Ours}*")
            .AddNpgsql()
            .AddOtlpExporter());
    }

    /// <summary><c>/metrics</c>, as Prometheus reads it.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapPrometheusScrapingEndpoint(ProbePaths.Metrics).AsProbe();
}
