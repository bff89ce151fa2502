using Airliner.Auth.Gateway;
using Airliner.Auth.Silo;
using Airliner.Contracts;
using Airliner.Contracts.Events;
using Airliner.Embedded;
using Airliner.Kafka.Embedded;
using Airliner.Notifications.Gateway;
using Airliner.Notifications.Silo;
using Airliner.ServiceDefaults;
using Airliner.ServiceDefaults.Cluster;
using Airliner.Tasks.Gateway;
using Airliner.Tasks.Silo;
using Airliner.Users.Gateway;
using Airliner.Users.Silo;

namespace Airliner.Host.Embedded;

/// <summary>
/// The whole system in one process: one silo with all four modules and the four gateways, on a private Postgres, an in-memory broker and a mail pickup
/// folder where no real ones are named.
/// </summary>
internal sealed class EmbeddedSystem : IAsyncDisposable
{
    /// <summary>What was started, in order; it is stopped in the opposite one.</summary>
    private readonly Stack<Func<ValueTask>> _started = new();

    private EmbeddedSystem()
    {
    }

    /// <summary>The services of the silo.</summary>
    public IServiceProvider Silo { get; private set; } = null!;

    /// <summary>The gateways: users, tasks, notifications, auth.</summary>
    public IReadOnlyList<WebApplication> Gateways { get; private set; } = [];

    /// <summary>Where clients find the broker.</summary>
    public string BootstrapServers { get; private set; } = "";

    /// <summary>Starts everything; ends when every service is ready.</summary>
    public static async Task<EmbeddedSystem> StartAsync(EmbeddedSettings settings, CancellationToken cancellationToken)
    {
        var system = new EmbeddedSystem();
        try
        {
            Directory.CreateDirectory(settings.DataFolder);
            var folder = DataFolderLock.Take(settings.DataFolder);
            system._started.Push(folder.DisposeAsync);
            system._started.Push(ProcessIdFile.Write(settings.DataFolder).DisposeAsync);
            UnfinishedRestore.RefuseIn(settings.DataFolder);
            var configuration = new Dictionary<string, string?>(Configuration(settings));
            var databases = await EmbeddedDatabases.StartAsync(settings, cancellationToken);
            system._started.Push(databases.DisposeAsync);
            foreach (var (name, connectionString) in databases.ConnectionStrings)
                configuration[$"Postgres:{name}:ConnectionString"] = connectionString;
            system.StartBroker(settings, configuration);
            foreach (var (name, value) in settings.Overrides)
                configuration[name] = value;
            await system.StartSiloAsync(configuration, cancellationToken);
            await system.StartGatewaysAsync(settings.Ports, configuration, cancellationToken);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var stop))
            await stop();
    }

    private static Dictionary<string, string?> Configuration(EmbeddedSettings settings) => new()
    {
        ["Data:Folder"] = settings.DataFolder,
        ["Artifacts:Folder"] = settings.FilesFolder,
        ["Mail:PickupFolder"] = settings.MailFolder,
        ["Smtp:Host"] = settings.Smtp?.Split(':')[0],
        ["Smtp:Port"] = settings.Smtp?.Split(':')[1],
        ["AIRLINER_ISSUER"] = Named("AIRLINER_ISSUER") ?? $"http://127.0.0.1:{settings.Ports.Auth.Rest}",
        ["AIRLINER_PUBLIC_URL"] = Named("AIRLINER_PUBLIC_URL") ?? $"http://127.0.0.1:{settings.Ports.Notifications.Rest}",
        // It listens on 127.0.0.1 alone: whoever comes from there is at home, and scripts make users by the hundred.
        ["Limits:ExemptLoopback"] = "true",
        // As patient as its silo: on a machine that is busy a login that takes long is worth more than a quick 503.
        ["Passwords:MaxWait"] = "00:00:20",
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:Airliner"] = "Information",
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
    };

    private static string? Named(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private void StartBroker(EmbeddedSettings settings, Dictionary<string, string?> configuration)
    {
        if (settings.Kafka is null)
        {
            var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Port = settings.Ports.Kafka, Topics = Topics.AllWithDeadLetters });
            _started.Push(broker.DisposeAsync);
            configuration["Kafka:BrokerForgets"] = "true";
        }

        BootstrapServers = settings.Kafka ?? $"127.0.0.1:{settings.Ports.Kafka}";
        configuration["Kafka:BootstrapServers"] = BootstrapServers;
    }

    private async Task StartSiloAsync(Dictionary<string, string?> configuration, CancellationToken cancellationToken)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = [ServiceProcess.NoReload], ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(configuration);
        var ports = LoopbackPort.Free(2);
        builder.UseOrleans(silo => silo
            .UseSingleSilo(ports[0], ports[1])
            .AddDashboardWhereEnabled(builder.Configuration)
            .AddUsers(builder.Configuration)
            .AddAuth(builder.Configuration)
            .AddTasks(builder.Configuration)
            .AddNotifications(builder.Configuration));
        Silo = (await StartAsync(builder.Build(), cancellationToken)).Services;
    }

    private async Task StartGatewaysAsync(EmbeddedPorts ports, Dictionary<string, string?> configuration, CancellationToken cancellationToken)
    {
        var cluster = Silo.GetRequiredService<IClusterClient>();
        string[] args = [.. configuration.Where(setting => setting.Value is not null).Select(setting => $"--{setting.Key}={setting.Value}")];
        (Func<string[], IClusterClient?, WebApplication> Create, GatewayPorts Ports)[] gateways =
        [
            (UsersGateway.Create, ports.Users), (TasksGateway.Create, ports.Tasks), (NotificationsGateway.Create, ports.Notifications), (AuthGateway.Create, ports.Auth),
        ];
        // What is collected is collected of the whole process, so one of them sends it.
        string[][] telemetry = [["--OTEL_SERVICE_NAME=airliner"], .. Enumerable.Repeat<string[]>(["--OTEL_EXPORTER_OTLP_ENDPOINT="], gateways.Length - 1)];
        Gateways = await Task.WhenAll(gateways.Zip(telemetry, (gateway, own) => StartAsync(
            gateway.Create([.. args, .. own, $"--Gateway:RestPort={gateway.Ports.Rest}", $"--Gateway:GrpcPort={gateway.Ports.Grpc}"], cluster), cancellationToken)));
        foreach (var probe in new IServiceProbe[]
        {
            cluster.GetGrain<IUsersProbe>(0), cluster.GetGrain<IAuthProbe>(0), cluster.GetGrain<ITasksProbe>(0), cluster.GetGrain<INotificationsProbe>(0),
        })
        {
            await probe.Ping();
        }
    }

    private async Task<THost> StartAsync<THost>(THost host, CancellationToken cancellationToken)
        where THost : IHost
    {
        lock (_started)
        {
            _started.Push(async () =>
            {
                await host.StopAsync();
                await ((IAsyncDisposable)host).DisposeAsync();
            });
        }

        await host.StartAsync(cancellationToken);
        return host;
    }
}
