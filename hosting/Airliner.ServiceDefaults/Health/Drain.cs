using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Airliner.ServiceDefaults.Health;

/// <summary>
/// Goes on serving for <c>Health:DrainTime</c> (none) after the process was asked to stop, when <c>/readyz</c> answers 503 already: a load balancer that
/// probes needs that long to send requests elsewhere. It counts against the 20 seconds that a stop may take.
/// </summary>
internal sealed class Drain(IConfiguration configuration, TimeProvider time) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) =>
        Task.Delay(configuration.GetValue("Health:DrainTime", TimeSpan.Zero), time, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class DrainedConnections
{
    /// <summary>
    /// Has a connection end with its next answer once the process was asked to stop: one that a client keeps would be closed at the end, and a request that
    /// was just sent on it be lost.
    /// </summary>
    public static void UseDrain(this WebApplication app) => app.Use((http, next) =>
    {
        // HTTP/2 has a frame of its own for that, which the server sends when it stops.
        if (HttpProtocol.IsHttp11(http.Request.Protocol))
        {
            http.Response.OnStarting(() =>
            {
                if (app.Lifetime.ApplicationStopping.IsCancellationRequested)
                    http.Response.Headers.Connection = "close";
                return Task.CompletedTask;
            });
        }

        return next(http);
    });
}
