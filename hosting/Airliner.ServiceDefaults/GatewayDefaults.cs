using Airliner.Contracts;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Grpc;
using Airliner.ServiceDefaults.Health;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Airliner.ServiceDefaults.Security;
using Airliner.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scalar.AspNetCore;

namespace Airliner.ServiceDefaults;

/// <summary>What the gateways have in common: listeners, cluster client, authentication, problem details, health, telemetry, documentation.</summary>
public static class GatewayDefaults
{
    /// <summary>The largest gRPC message that is taken, in bytes: the parameters of a task may have 64 KiB, anything else is far smaller.</summary>
    private const int LargestMessage = 256 * 1024;

    /// <summary>The largest body in bytes where <c>Requests:MaxBytes</c> says none. Routes that take files or batches have limits of their own.</summary>
    private const long LargestBody = 1024 * 1024;

    /// <summary>A gateway's builder.</summary>
    /// <param name="service">The service's name, as <c>/health</c> answers it.</param>
    /// <param name="restPort">The REST port where <c>Gateway:RestPort</c> says none.</param>
    /// <param name="grpcPort">The gRPC port where <c>Gateway:GrpcPort</c> says none.</param>
    /// <param name="cluster">A client that is in this process already; null to connect one.</param>
    public static WebApplicationBuilder CreateGateway(string[] args, string service, int restPort, int grpcPort, IClusterClient? cluster = null)
    {
        var builder = ServiceProcess.CreateBuilder(args);
        var configuration = builder.Configuration;
        var listeners = new GatewayListeners(configuration, restPort, grpcPort);
        builder.Services.AddSingleton(listeners);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = configuration.GetValue("Requests:MaxBytes", LargestBody);
            listeners.Open(kestrel);
        });
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = TimeSpan.FromSeconds(20);
            // The cluster's client waits for a silo as long as it takes; the gateway is alive meanwhile, and says that it is not ready.
            options.ServicesStartConcurrently = true;
        });
        builder.AddTelemetry(service);
        Readiness.Add(builder.Services, service);
        builder.Services.AddLifetimeCheck().AddHostedService<Drain>();
        if (cluster is null)
            builder.UseOrleansClient(client => client.UseClusterDefaults(configuration, service));
        else
            builder.Services.AddSingleton(cluster).AddSingleton<IGrainFactory>(cluster);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<GrainCalls>();
        builder.Services.AddBearerAuthentication(configuration);
        CallerLimits.Add(builder.Services, configuration);
        builder.Services.AddCors();
        // Authentication brings data protection along, which would keep keys in the home folder for cookies that nobody sets.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.AddExceptionHandler<ExceptionProblems>();
        builder.Services.ConfigureHttpJsonOptions(options => AirlinerJson.Apply(options.SerializerOptions));
        // A body that cannot be bound is thrown, so that the answer can name the member that is wrong.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddGatewayDocument(service);
        builder.Services.AddGrpc(options =>
        {
            options.Interceptors.Add<GrpcErrors>();
            options.MaxReceiveMessageSize = LargestMessage;
        });
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks();
        return builder;
    }

    /// <summary>The request pipeline and the routes that every gateway has at its root.</summary>
    public static void UseGatewayDefaults(this WebApplication app, string service)
    {
        app.UseKnownProxies();
        app.UseDrain();
        app.UseSecurityHeaders();
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(context => ProblemWriter.WriteAsync(
            context.HttpContext, new() { Status = context.HttpContext.Response.StatusCode, Detail = DetailOf(context.HttpContext) }));
        var listeners = app.Services.GetRequiredService<GatewayListeners>();
        app.Use((http, next) =>
        {
            if (listeners.Serve(http))
                return next(http);
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        app.UseRouting();
        app.UseCrossOrigins();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseMiddleware<BodyMedia>();
        app.UseMiddleware<IdempotencyKeys>();
        app.MapHealth(service);
        app.MapMetrics();
        app.MapOpenApi().AllowAnonymous();
        // Its policy names the page's scripts by the nonce, and lets it load nothing from elsewhere and tell nobody anything.
        app.MapScalarApiReference(
            SecurityHeaders.Documentation, page => page.WithNonce().DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp()).AllowAnonymous();
        // Not as a probe: its streams stay open, so that addresses need their permits.
        app.MapGrpcHealthChecksService().AllowAnonymous().DisableHttpMetrics();
        app.MapGrpcReflectionService().AllowAnonymous();
    }

    private static string? DetailOf(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => "A valid access token is required in the Authorization header.",
        StatusCodes.Status403Forbidden => "This caller may not do that.",
        StatusCodes.Status404NotFound => $"There is nothing at {http.Request.Path}.",
        StatusCodes.Status405MethodNotAllowed => $"{http.Request.Path} does not answer {http.Request.Method}; it answers {http.Response.Headers.Allow}.",
        StatusCodes.Status413PayloadTooLarge => TooLarge(http),
        StatusCodes.Status415UnsupportedMediaType => BodyMedia.Refusal,
        _ => null,
    };

    private static string TooLarge(HttpContext http) => http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } most
        ? $"The body may have {most} bytes at most."
        : "The body is too large.";
}
