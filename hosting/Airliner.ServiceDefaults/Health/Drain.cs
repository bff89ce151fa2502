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
