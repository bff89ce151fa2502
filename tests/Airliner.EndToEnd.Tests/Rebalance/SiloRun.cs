using System.Globalization;
using Airliner.Embedded;
using Airliner.EndToEnd.Tests.Cluster;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Rebalance;

/// <summary>A notification silo from its start to its end, with a mail server of its own: what came there was sent by no other.</summary>
internal sealed class SiloRun : IAsyncDisposable
{
    private readonly int _healthPort;

    private SiloRun(SystemProcess process, int healthPort, SmtpSink mails) => (Process, _healthPort, Mails) = (process, healthPort, mails);

    public SystemProcess Process { get; }

    public SmtpSink Mails { get; }

    /// <summary>Whether it ended, and not by its own will: what it had sent it may not have been able to write down.</summary>
    public bool WasKilled => Process.Ended is { IsCompleted: true, Result: not 0 };

    public static SiloRun Start(ClusterPlan plan)
    {
        var ports = LoopbackPort.Free(3);
        var mails = new SmtpSink();
        var process = plan.StartSilo(Service.Notifications,
        [
            new("Cluster__SiloPort", Text(ports[0])), new("Cluster__GatewayPort", Text(ports[1])), new("Health__Port", Text(ports[2])),
            new("Smtp__Host", "127.0.0.1"), new("Smtp__Port", Text(mails.Port)),
            // The shortest that a broker takes: how long the partitions of one that was killed wait.
            new("Kafka__ClientSettings__session.timeout.ms", "6000"),
        ]);
        return new(process, ports[2], mails);
    }

    public async Task ReadyAsync(TimeSpan atMost)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Eventually.True(AskAsync, atMost, "the notification silo is ready");

        async Task<bool> AskAsync()
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{_healthPort}/readyz"), TestContext.Current.CancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await Mails.DisposeAsync();
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
