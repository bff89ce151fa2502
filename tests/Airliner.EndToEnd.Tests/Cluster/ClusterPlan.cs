using System.Globalization;
using Airliner.Embedded;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.Testing;
using Airliner.Worker;

namespace Airliner.EndToEnd.Tests.Cluster;

/// <summary>Settings and ports of a cluster whose services are processes of their own: what docker-compose.yml says, on free ports of this machine.</summary>
internal sealed class ClusterPlan
{
    /// <summary>The collection of the tests with such a cluster: two of them at a time would starve each other's silos.</summary>
    public const string Collection = "silos and gateways";

    public const string AdminPassword = "an-administrator-of-tests";

    private const string ServiceClientId = "c_tests";
    private const string ServiceClientSecret = "a-machine-client-of-the-tests";

    private readonly Dictionary<Service, string> _databases;
    private readonly Dictionary<string, int> _ports;
    private readonly string _brokers;

    private ClusterPlan(string folder, string brokers, Dictionary<Service, string> databases, string clusterDatabase)
    {
        var free = new Queue<int>(LoopbackPort.Free(5 * Service.All.Count));
        string[] kinds = ["silo", "silo-gateway", "health", "rest", "grpc"];
        _ports = Service.All.SelectMany(service => kinds.Select(kind => $"{service} {kind}")).ToDictionary(key => key, _ => free.Dequeue());
        (Folder, _brokers, _databases, ClusterDatabase) = (folder, brokers, databases, clusterDatabase);
    }

    /// <summary>What Orleans knows the cluster by, apart from all others.</summary>
    public string ClusterId { get; } = $"test-{Guid.NewGuid():n}";

    public string Folder { get; }

    public string ClusterDatabase { get; }

    public string MailFolder => Path.Combine(Folder, "mail");

    public static async Task<ClusterPlan> MakeAsync(PostgresServer postgres, string folder, string brokers)
    {
        var databases = new Dictionary<Service, string>();
        foreach (var service in Service.All)
            databases[service] = await postgres.CreateDatabaseAsync();
        return new(folder, brokers, databases, await postgres.CreateDatabaseAsync());
    }

    public int SiloPort(Service service) => _ports[$"{service} silo"];

    public int HealthPort(Service service) => _ports[$"{service} health"];

    public int RestPort(Service service) => _ports[$"{service} rest"];

    public int GrpcPort(Service service) => _ports[$"{service} grpc"];

    /// <summary>For a worker outside, as the first machine client.</summary>
    public TaskWorkerOptions WorkerOptions => new()
    {
        Gateway = new Uri($"http://127.0.0.1:{GrpcPort(Service.Tasks)}"),
        TokenEndpoint = new Uri($"http://127.0.0.1:{RestPort(Service.Auth)}/oauth2/token"),
        ClientId = ServiceClientId,
        ClientSecret = ServiceClientSecret,
    };

    /// <summary>The connection string of a service's database.</summary>
    public string DatabaseOf(Service service) => _databases[service];

    /// <summary>Starts a silo of a service.</summary>
    /// <param name="own">What is set otherwise, or besides, for this one: where a service has several, its ports.</param>
    public SystemProcess StartSilo(Service service, params IEnumerable<KeyValuePair<string, string>> own) => StartSilo(service.Silo, service, own);

    /// <summary>Starts another program as a silo of a service.</summary>
    public SystemProcess StartSilo(string program, Service service, IEnumerable<KeyValuePair<string, string>> own) => SystemProcess.Start(program, [], [.. SettingsOf(service), .. own]);

    private Dictionary<string, string> SettingsOf(Service service) => new(Shared)
    {
        [$"Postgres__{service}__ConnectionString"] = _databases[service],
        ["Cluster__SiloPort"] = Text(SiloPort(service)),
        ["Cluster__GatewayPort"] = Text(_ports[$"{service} silo-gateway"]),
        ["Cluster__AdvertisedAddress"] = "127.0.0.1",
        ["Health__Port"] = Text(HealthPort(service)),
        ["Kafka__BootstrapServers"] = _brokers,
        ["Mail__PickupFolder"] = MailFolder,
        ["AIRLINER_ADMIN_PASSWORD"] = AdminPassword,
        ["AIRLINER_SERVICE_CLIENT_ID"] = ServiceClientId,
        ["AIRLINER_SERVICE_CLIENT_SECRET"] = ServiceClientSecret,
    };

    /// <summary>Starts a service's gateway.</summary>
    /// <param name="own">What is set besides for this one.</param>
    public SystemProcess StartGateway(Service service, params IEnumerable<KeyValuePair<string, string>> own) => StartGateway(service.Gateway, service, own);

    /// <summary>Starts another program as a gateway of a service.</summary>
    public SystemProcess StartGateway(string program, Service service, IEnumerable<KeyValuePair<string, string>> own) => SystemProcess.Start(program, [],
    [
        .. Shared,
        new("Gateway__RestPort", Text(RestPort(service))),
        new("Gateway__GrpcPort", Text(GrpcPort(service))),
        new("Limits__ExemptLoopback", "true"),
        .. own,
    ]);

    private Dictionary<string, string> Shared => new()
    {
        ["Postgres__Cluster__ConnectionString"] = ClusterDatabase,
        ["Cluster__ClusterId"] = ClusterId,
        ["Cluster__ServiceId"] = ClusterId,
        // Eight programs on two cores keep one another waiting for seconds, and are none the less alive.
        ["Cluster__ProbeTimeout"] = "00:00:03",
        ["Cluster__ResponseTimeout"] = "00:00:20",
        ["Passwords__MaxWait"] = "00:00:15",
        ["Artifacts__Folder"] = Path.Combine(Folder, "files"),
        ["Data__Folder"] = Folder,
        ["Logging__LogLevel__Default"] = "Warning",
        ["Logging__LogLevel__Airliner"] = "Information",
        // Each probe of a gateway that is not ready yet would be an error.
        ["Logging__LogLevel__Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
        ["Logging__Console__FormatterName"] = "simple",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
    };

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
