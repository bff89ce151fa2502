using System.Globalization;
using System.Net;
using Airliner.ServiceDefaults.Tls;
using Airliner.Telemetry.Tests.Otlp;
using Airliner.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(Airliner.Telemetry.Tests.TracedSystem))]

namespace Airliner.Telemetry.Tests;

/// <summary>The whole system, which sends its traces to a collector and its mails to a mail server.</summary>
public sealed class TracedSystem : IAsyncLifetime
{
    private readonly SmtpSink _mail = new();

    public TracedSystem() => Running = RunningSystem.With(new Dictionary<string, string?>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Collector.Endpoint.AbsoluteUri,
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["Smtp:Host"] = "127.0.0.1",
        ["Smtp:Port"] = _mail.Port.ToString(CultureInfo.InvariantCulture),
    });

    public Collector Collector { get; } = new();

    public RunningSystem Running { get; }

    public int MailPort => _mail.Port;

    /// <summary>Does some of everything that is counted in the course of a day.</summary>
    public async Task UseAsync()
    {
        // This system has no certificate.
        CertificateInstruments.Loaded("Gateway:Tls", TimeProvider.System.GetUtcNow().AddDays(100));
        var user = await Running.NewUserAsync();
        using var task = await Running.Tasks.SendAsync(
            HttpMethod.Post, "/api/v1/eventstreammonitor/tasks", user.AccessToken, new { taskType = "data_processing", parameters = new { source = new { csv = "a\n1\n" } } });
        Assert.Equal(HttpStatusCode.Created, task.StatusCode);
    }

    public async ValueTask InitializeAsync()
    {
        await Collector.StartAsync();
        await Running.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Running.DisposeAsync();
        await Collector.DisposeAsync();
        await _mail.DisposeAsync();
    }
}
