using Airliner.Contracts.Events;
using Airliner.Embedded;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Kafka.Embedded;
using Airliner.Testing;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Npgsql;

namespace Airliner.EndToEnd.Tests.Cluster;

/// <summary>What a silo and a gateway say of their health while what they need is away, and while they stop.</summary>
[Collection(ClusterPlan.Collection)]
public sealed class HealthTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly TimeSpan _startTime = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("airliner-health-").FullName;
    private readonly int _brokerPort = LoopbackPort.Free();
    private readonly List<SystemProcess> _processes = [];
    private readonly AirlinerClient _client = new(0, 0, 0, 0);
    private ClusterPlan _plan = null!;

    private int Silo => _plan.HealthPort(Service.Auth);

    private int Gateway => _plan.RestPort(Service.Auth);

    public async ValueTask InitializeAsync() => _plan = await ClusterPlan.MakeAsync(postgres, _folder, $"127.0.0.1:{_brokerPort}");

    public async ValueTask DisposeAsync()
    {
        FailureLog.WriteIfFailed(string.Concat(_processes.Select(process => process.Log)));
        foreach (var process in _processes)
            await process.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_silo_is_ready_once_it_knows_its_broker_and_only_while_its_own_database_answers()
    {
        _processes.Add(_plan.StartSilo(Service.Auth));
        await SaysAsync(Silo, "kafka");
        (await _client.GetAsync(Silo, "/livez")).Expect(200);
        await using var broker = EmbeddedBroker.Start(
            new EmbeddedBrokerOptions { Port = _brokerPort, Topics = Topics.AllWithDeadLetters });
        await _client.ReadyAsync(Silo, _startTime);
        Assert.Equal("healthy", (await _client.GetAsync(Silo, "/health")).Expect(200)["status"].GetString());

        await AllowAsync(false);
        try
        {
            Assert.Equal(["database-auth"], await SaysAsync(Silo, "database-auth"));
            (await _client.GetAsync(Silo, "/health")).Expect(503);
            (await _client.GetAsync(Silo, "/livez")).Expect(200);
        }
        finally
        {
            await AllowAsync(true);
        }

        await _client.ReadyAsync(Silo);
    }

    [Fact]
    public async Task A_gateway_that_is_told_to_stop_is_not_ready_any_more_and_serves_for_as_long_as_it_was_told_to()
    {
        await using var broker = EmbeddedBroker.Start(
            new EmbeddedBrokerOptions { Port = _brokerPort, Topics = Topics.AllWithDeadLetters });
        _processes.Add(_plan.StartSilo(Service.Auth));
        var gateway = _plan.StartGateway(Service.Auth, [new("Health__DrainTime", "00:00:10")]);
        _processes.Add(gateway);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{_plan.GrpcPort(Service.Auth)}");
        var health = new Health.HealthClient(channel);
        await _client.ReadyAsync(Gateway, _startTime);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await GrpcHealthAsync(health));
        Assert.False(await IsConnectionClosedAsync());

        gateway.Signal(Signals.Terminate);

        Assert.Contains("process", await SaysAsync(Gateway, "process"));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await GrpcHealthAsync(health));
        (await _client.GetAsync(Gateway, "/livez")).Expect(200);
        (await _client.GetAsync(Gateway, "/.well-known/jwks.json")).Expect(200);
        // A connection that is kept would end with a request on it.
        Assert.True(await IsConnectionClosedAsync());
        Assert.Equal(0, await gateway.ExitAsync(SystemProcess.StopTime));
    }

    /// <summary>Whether the gateway says that it ends the connection with its answer.</summary>
    private async Task<bool> IsConnectionClosedAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Gateway}") };
        using var answer = await http.GetAsync(new Uri("/livez", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
        return answer.Headers.ConnectionClose == true;
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> GrpcHealthAsync(Health.HealthClient health) =>
        (await health.CheckAsync(new HealthCheckRequest(), cancellationToken: TestContext.Current.CancellationToken)).Status;

    /// <summary>Waits until a check fails, and answers all that do.</summary>
    private async Task<string[]> SaysAsync(int port, string check) => [.. (await Eventually.Get(
        () => _client.GetAsync(port, "/readyz"),
        answer => answer.Status == 503 && answer["failing"].TryGetProperty(check, out _),
        _startTime,
        $"port {port} is not ready for {check}"))["failing"].EnumerateObject().Select(failing => failing.Name)];

    /// <summary>Has the silo's database refuse everybody, or take them again. The membership's is another.</summary>
    private async Task AllowAsync(bool connections)
    {
        var name = new NpgsqlConnectionStringBuilder(_plan.DatabaseOf(Service.Auth)).Database;
        await using var server = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_plan.ClusterDatabase) { Pooling = false });
        await using var allow = server.CreateCommand($"alter database \"{name}\" with allow_connections {connections}");
        await allow.ExecuteNonQueryAsync();
        await using var end = server.CreateCommand("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1");
        end.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name! });
        await end.ExecuteNonQueryAsync();
    }
}
