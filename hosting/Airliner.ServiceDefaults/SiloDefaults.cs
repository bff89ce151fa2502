using System.Net;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Health;
using Airliner.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Airliner.ServiceDefaults;

/// <summary>What the silo processes have in common.</summary>
public static class SiloDefaults
{
    /// <summary>
    /// A process that hosts one silo and serves its health and metrics on <c>Health:Port</c> (8080) of <c>Health:Bind</c> (127.0.0.1).
    /// </summary>
    /// <param name="service">The service's name.</param>
    /// <param name="module">What makes the silo that service's.</param>
    public static WebApplication CreateSilo(string[] args, string service, Action<ISiloBuilder, IConfiguration> module)
    {
        var builder = ServiceProcess.CreateBuilder(args);
        var configuration = builder.Configuration;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(configuration["Health:Bind"] ?? "127.0.0.1"), configuration.GetValue("Health:Port", 8080));
        });
        // Less than the grace period that an orchestrator gives before it kills.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.AddTelemetry(service);
        builder.Services.AddLifetimeCheck().AddHealthChecks().AddCheck<SiloCheck>("silo");
        Readiness.Add(builder.Services, service);
        builder.UseOrleans(silo => module(silo.UseClusterDefaults(configuration, service), configuration));
        var app = builder.Build();
        app.MapHealth(service);
        app.MapMetrics();
        return app;
    }
}
