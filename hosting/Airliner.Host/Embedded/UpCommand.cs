using System.Runtime.InteropServices;
using Airliner.Embedded;
using Airliner.Persistence.Postgres.Schema;

namespace Airliner.Host.Embedded;

/// <summary><c>airliner up</c>: the whole system in this process, until it is told to stop.</summary>
internal static class UpCommand
{
    public static IReadOnlyCollection<string> Options { get; } = ["--data", EmbeddedPorts.Offset, "--kafka", "--smtp", "--postgres"];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var settings = EmbeddedSettings.From(arguments);
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        // The hosts within take it for their end, and would leave a process that serves nothing.
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop);

        Ports.RequireFree(settings.Kafka is null ? [.. settings.Ports.Gateways, settings.Ports.Kafka] : settings.Ports.Gateways);
        EmbeddedSystem system;
        try
        {
            system = await EmbeddedSystem.StartAsync(settings, stop.Token);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Told to stop while it was starting: what each part makes of that differs.
            return 0;
        }
        catch (Exception error) when (error is not (StartException or UsageException))
        {
            throw new StartException(Reason(error), error);
        }

        await using (system)
        {
            Console.WriteLine(Banner(settings, system));
            Console.WriteLine("ready: every service answers; Ctrl-C stops it");
            await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Console.WriteLine("stopping");
        }

        return 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>What went wrong, without the layers between: a host wraps what its parts throw.</summary>
    private static string Reason(Exception error) => error is AggregateException { InnerException: { } inner }
        ? Reason(inner)
        : error is EmbeddedPostgresException or InvalidOperationException or IOException or MigrationException
            ? error.Message
            : $"the system cannot start: {error.Message} ({error.GetType().Name})";

    private static string Banner(EmbeddedSettings settings, EmbeddedSystem system) => $"""
        Airliner Administration
          User Management   http://127.0.0.1:{settings.Ports.Users.Rest}/docs   gRPC 127.0.0.1:{settings.Ports.Users.Grpc}
          Task Processing   http://127.0.0.1:{settings.Ports.Tasks.Rest}/docs   gRPC 127.0.0.1:{settings.Ports.Tasks.Grpc}
          Notification      http://127.0.0.1:{settings.Ports.Notifications.Rest}/docs   gRPC 127.0.0.1:{settings.Ports.Notifications.Grpc}
          Token Management  http://127.0.0.1:{settings.Ports.Auth.Rest}/docs   gRPC 127.0.0.1:{settings.Ports.Auth.Grpc}
          Kafka             {system.BootstrapServers}{(settings.Kafka is null ? "   (embedded: in memory, for development)" : "")}
          mail              {settings.Smtp ?? settings.MailFolder}
          data              {settings.DataFolder}
        """;
}
