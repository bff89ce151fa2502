using Airliner.Embedded;

namespace Airliner.Benchmark.Processes;

/// <summary>The system as it is deployed: each silo and each gateway a process of its own, with authentication on. A service starts when a row first needs it.</summary>
internal sealed class SystemUnderTest(Environs environs) : IAsyncDisposable
{
    public const string ClientId = "c_benchmark";
    public const string ClientSecret = "only-for-the-benchmark-0123456789";

    private static readonly Dictionary<string, string> _databases = new()
    {
        ["Users"] = "REGISTRATIONS",
        ["Auth"] = "AUTH_TOKENS",
        ["Tasks"] = "TASK_PROCESSING",
        ["Notifications"] = "NOTIFICATIONS",
    };

    private readonly Stack<ServiceProcess> _processes = new();
    private readonly Dictionary<string, Gateway> _gateways = [];

    /// <summary>A service's database.</summary>
    public Task<string> DatabaseAsync(string service) => environs.CreateDatabaseAsync(_databases[service]);

    /// <summary>A service's silo and gateway, started and ready.</summary>
    public async Task<Gateway> ServiceAsync(string service, CancellationToken cancellation)
    {
        if (_gateways.TryGetValue(service, out var running))
            return running;
        // A gateway is ready when it knows what is revoked.
        if (service != "Auth")
            await ServiceAsync("Auth", cancellation);
        var ports = LoopbackPort.Free(5);
        var settings = new Dictionary<string, string>
        {
            ["Postgres__Cluster__ConnectionString"] = await environs.CreateDatabaseAsync("CLUSTER"),
            [$"Postgres__{service}__ConnectionString"] = await DatabaseAsync(service),
            ["Kafka__BootstrapServers"] = environs.Kafka.Address,
            ["Kafka__BrokerForgets"] = environs.Kafka.IsReal ? "false" : "true",
            ["Cluster__AdvertisedAddress"] = "127.0.0.1",
            ["Cluster__SiloPort"] = $"{ports[0]}",
            ["Cluster__GatewayPort"] = $"{ports[1]}",
            // At full load the programs keep one another waiting on one machine's cores, and are none the less alive.
            ["Cluster__ProbeTimeout"] = "00:00:03",
            ["Health__Port"] = $"{ports[2]}",
            ["Gateway__RestPort"] = $"{ports[3]}",
            ["Gateway__GrpcPort"] = $"{ports[4]}",
            // The load comes from one address, and is to measure the service.
            ["Limits__ExemptLoopback"] = "true",
            ["Streams__MaxPerCaller"] = "10000",
            ["Smtp__Host"] = "127.0.0.1",
            ["Smtp__Port"] = $"{environs.Mails.Port}",
            ["Artifacts__Folder"] = Path.Combine(environs.Folder, "files"),
            ["Data__Folder"] = environs.Folder,
            // As docker-compose.yml has it.
            ["Logging__LogLevel__Default"] = "Warning",
            ["AIRLINER_ADMIN_PASSWORD"] = ClientSecret,
            ["AIRLINER_SERVICE_CLIENT_ID"] = ClientId,
            ["AIRLINER_SERVICE_CLIENT_SECRET"] = ClientSecret,
        };
        Directory.CreateDirectory(settings["Artifacts__Folder"]);
        var silo = await ServiceProcess.StartAsync($"Airliner.{service}.Silo", [], settings, ports[2], environs.Folder, cancellation);
        _processes.Push(silo);
        // A gateway answers probes on its port for REST too, and cannot have the silo's.
        settings.Remove("Health__Port");
        var gateway = await ServiceProcess.StartAsync($"Airliner.{service}.Gateway", [], settings, ports[3], environs.Folder, cancellation);
        _processes.Push(gateway);
        return _gateways[service] = new(ports[3], ports[4]);
    }

    public async ValueTask DisposeAsync()
    {
        while (_processes.TryPop(out var process))
            await process.DisposeAsync();
    }
}

/// <summary>Where a service answers on 127.0.0.1.</summary>
internal sealed record Gateway(int RestPort, int GrpcPort);
