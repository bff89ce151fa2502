using Airliner.Host.Embedded;
using Xunit;

namespace Airliner.Testing;

/// <summary>
/// The whole system for a test assembly (<c>[assembly: AssemblyFixture(typeof(RunningSystem))]</c>): one silo with all four modules, the four gateways
/// and the embedded broker in this process, on free ports of 127.0.0.1, with a PostgreSQL and a data folder of their own.
/// </summary>
public class RunningSystem : IAsyncLifetime
{
    private readonly EmbeddedSettings _template;
    private EmbeddedSettings? _settings;
    private EmbeddedSystem? _system;

    public RunningSystem()
        : this([])
    {
    }

    /// <param name="settings">What is set besides, for a system that a test class has of its own.</param>
    protected RunningSystem(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var ports = EmbeddedPorts.Free();
        Users = new(ports.Users.Rest, ports.Users.Grpc);
        Tasks = new(ports.Tasks.Rest, ports.Tasks.Grpc);
        Notifications = new(ports.Notifications.Rest, ports.Notifications.Grpc);
        Auth = new(ports.Auth.Rest, ports.Auth.Grpc);
        Issuer = Auth.Address.GetLeftPart(UriPartial.Authority);
        _template = new EmbeddedSettings(Path.Combine(Path.GetTempPath(), $"airliner-system-{Guid.NewGuid():n}"), Kafka: null, Smtp: null, Postgres: null)
        {
            Ports = ports,
            Overrides = new Dictionary<string, string?>(settings)
            {
                ["AIRLINER_ISSUER"] = Issuer,
                ["AIRLINER_PUBLIC_URL"] = "https://airliner.example",
                ["AIRLINER_ADMIN_USERNAME"] = AdminUsername,
                ["AIRLINER_ADMIN_PASSWORD"] = AdminPassword,
                ["AIRLINER_SERVICE_CLIENT_ID"] = ServiceClientId,
                ["AIRLINER_SERVICE_CLIENT_SECRET"] = ServiceClientSecret,
                // Tests register by the hundred at once, and hashing gives way to all that the others do meanwhile.
                ["Passwords:MaxWaiting"] = "2000",
                ["Passwords:MaxWait"] = "00:01:00",
                // A test may come from any address, by X-Forwarded-For.
                ["Gateway:KnownProxies"] = "127.0.0.1",
                // For tests of workers that are lost, which take this type.
                ["Tasks:Types:short_lease:Lease"] = "00:00:05",
                // For LogRecorder, which listens only while a test wants it to.
                ["Logging:EventSource:LogLevel:Default"] = "Debug",
            },
        };
    }

    /// <summary>A system with settings of its own beside those that all tests have.</summary>
    public static RunningSystem With(IReadOnlyDictionary<string, string?> settings) => new(settings);

    /// <summary>The database server; a test that stops it starts it again.</summary>
    public PostgresServer Postgres { get; } = new();

    public RunningGateway Users { get; }

    public RunningGateway Tasks { get; }

    public RunningGateway Notifications { get; }

    public RunningGateway Auth { get; }

    public IReadOnlyList<RunningGateway> Gateways => [Users, Tasks, Notifications, Auth];

    /// <summary>Where Kafka clients connect. The embedded broker keeps nothing when it stops.</summary>
    public string BootstrapServers => $"127.0.0.1:{_template.Ports.Kafka}";

    /// <summary>The system's data folder.</summary>
    public string DataFolder => _template.DataFolder;

    /// <summary>Where mails appear, as <c>*.eml</c>.</summary>
    public string MailFolder => _template.MailFolder;

    /// <summary>The <c>iss</c> of tokens.</summary>
    public string Issuer { get; }

    public string AdminUsername { get; } = "admin";

    public string AdminPassword { get; } = $"admin-{Guid.NewGuid():n}";

    public string ServiceClientId { get; } = $"c_{Guid.NewGuid():n}";

    public string ServiceClientSecret { get; } = $"{Guid.NewGuid():n}";

    /// <summary>The services of the silo, for what cannot be seen from outside.</summary>
    public IServiceProvider Silo => (_system ?? throw new InvalidOperationException("The system does not run.")).Silo;

    public async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        // The server's role may create databases: the system makes its own four beside this one.
        _settings = _template with { Postgres = await Postgres.CreateDatabaseAsync() };
        await StartAsync();
    }

    /// <summary>Stops silo, gateways and broker, and starts them on the same ports and data.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var gateway in Gateways)
            gateway.Dispose();
        await Postgres.DisposeAsync();
        if (Directory.Exists(DataFolder))
            Directory.Delete(DataFolder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private async Task StartAsync()
    {
        _system = await EmbeddedSystem.StartAsync(_settings!, CancellationToken.None);
        foreach (var (gateway, process) in Gateways.Zip(_system.Gateways))
            gateway.Services = process.Services;
    }

    private async Task StopAsync()
    {
        if (_system is not null)
            await _system.DisposeAsync();
        _system = null;
    }
}
