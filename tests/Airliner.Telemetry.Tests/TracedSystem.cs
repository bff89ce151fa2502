using System.Globalization;
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
