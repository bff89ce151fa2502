using System.Globalization;
using System.Runtime.InteropServices;
using Airliner.Embedded;

namespace Airliner.Host.Embedded;

/// <summary><c>airliner up</c>: the whole system in this process, until it is told to stop.</summary>
internal static class UpCommand
{
    public static IReadOnlyCollection<string> Options { get; } = ["--data", "--kafka", "--smtp", "--postgres"];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var settings = EmbeddedSettings.From(arguments);
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        Ports.RequireFree(settings.Kafka is null ? [.. settings.Ports.Gateways, settings.Ports.Kafka] : settings.Ports.Gateways);
        try
        {
            await using var system = await EmbeddedSystem.StartAsync(settings, stop.Token);
            var pidFile = Path.Combine(settings.DataFolder, "host.pid");
            await File.WriteAllTextAsync(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), stop.Token);
            Console.WriteLine(Banner(settings, system));
            Console.WriteLine("ready: every service answers; Ctrl-C stops it");
            await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Console.WriteLine("stopping");
            File.Delete(pidFile);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop while it was starting.
        }
        catch (EmbeddedPostgresException error)
        {
            throw new StartException(error.Message, error);
        }

        return 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static string Banner(EmbeddedSettings settings, EmbeddedSystem system) => $"""
        Airliner Administration
          User Management   http://127.0.0.1:5001/docs   gRPC 127.0.0.1:9091
          Task Processing   http://127.0.0.1:5002/docs   gRPC 127.0.0.1:9092
          Notification      http://127.0.0.1:5003/docs   gRPC 127.0.0.1:9093
          Token Management  http://127.0.0.1:5004/docs   gRPC 127.0.0.1:9094
          Kafka             {system.BootstrapServers}{(settings.Kafka is null ? "   (embedded: in memory, for development)" : "")}
          mail              {settings.Smtp ?? settings.MailFolder}
          data              {settings.DataFolder}
        """;
}
