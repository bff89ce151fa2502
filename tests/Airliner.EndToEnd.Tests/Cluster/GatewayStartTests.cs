using System.Diagnostics;
using System.Text.Json;
using Airliner.Embedded;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Cluster;

/// <summary>Processes whose partners are not there.</summary>
[Collection(ClusterPlan.Collection)]
public sealed class GatewayStartTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly TimeSpan _startTime = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("airliner-start-").FullName;
    private readonly List<SystemProcess> _processes = [];
    private ClusterPlan _plan = null!;
    private AirlinerClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        // Nobody answers there: events wait, and a start does not.
        _plan = await ClusterPlan.MakeAsync(postgres, _folder, $"127.0.0.1:{LoopbackPort.Free()}");
        _client = new AirlinerClient(_plan.RestPort(Service.Users), 0, 0, 0);
    }

    public async ValueTask DisposeAsync()
    {
        FailureLog.WriteIfFailed(string.Concat(_processes.Select(process => process.Log)));
        foreach (var process in _processes)
            await process.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_gateway_is_alive_before_there_is_a_silo_and_ready_after()
    {
        // The cluster's database is empty, too: making its schema is the silos' part.
        _processes.Add(_plan.StartGateway(Service.Users));
        await Eventually.Get(() => _client.GetAsync(_client.Users, "/livez"), answer => answer.Status == 200, _startTime, "the gateway is alive");
        (await _client.GetAsync(_client.Users, "/readyz")).Expect(503);
        var refused = await _client.PostAsync(_client.Users, $"{AirlinerClient.Airliner}/registerUser", new
        {
            username = "early",
            email = "early@example.com",
            password = "correct-horse-early",
            firstName = "Too",
            lastName = "Early",
        });
        Assert.True(refused.Expect(503).RetryAfter > TimeSpan.Zero, "503 came without Retry-After.");

        // That one has the users, and that one what is revoked.
        _processes.Add(_plan.StartSilo(Service.Users));
        _processes.Add(_plan.StartSilo(Service.Auth));
        await _client.ReadyAsync(_client.Users);
        await _client.RegisterAsync();
    }

    [Fact]
    public async Task What_a_process_logs_of_a_request_is_json_with_the_ids_of_its_trace()
    {
        var gateway = _plan.StartGateway(
            Service.Users,
            new("Logging__Console__FormatterName", "json"),
            new("Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics", "Information"));
        _processes.Add(gateway);
        await Eventually.Get(() => _client.GetAsync(_client.Users, "/livez"), answer => answer.Status == 200, _startTime, "the gateway is alive");
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_plan.RestPort(Service.Users)}") };
        http.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");

        using var answer = await http.GetAsync(new Uri("/livez", UriKind.Relative));
        await Eventually.True(() => Task.FromResult(gateway.Output.Contains(trace, StringComparison.Ordinal)), _startTime, "the request is in the log");

        var line = JsonElement.Parse(gateway.Output.Split('\n').First(line => line.Contains(trace, StringComparison.Ordinal)));
        var scope = Assert.Single(line.GetProperty("Scopes").EnumerateArray(), scope => scope.ValueKind == JsonValueKind.Object && scope.TryGetProperty("TraceId", out _));
        Assert.Equal(trace, scope.GetProperty("TraceId").GetString());
        Assert.Matches("^[0-9a-f]{16}$", scope.GetProperty("SpanId").GetString());
        Assert.Equal("Microsoft.AspNetCore.Hosting.Diagnostics", line.GetProperty("Category").GetString());
    }

    [Fact]
    public async Task A_gateway_that_waits_for_a_silo_ends_cleanly_when_it_is_told_to()
    {
        var gateway = _plan.StartGateway(Service.Users);
        _processes.Add(gateway);
        await Eventually.Get(() => _client.GetAsync(_client.Users, "/livez"), answer => answer.Status == 200, _startTime, "the gateway is alive");

        Assert.Equal(0, await gateway.StopAsync());
    }

    [Fact]
    public async Task A_silo_without_its_database_setting_says_so_and_ends()
    {
        var silo = SystemProcess.Start(Service.Users.Silo, [], new Dictionary<string, string> { ["Postgres__Cluster__ConnectionString"] = _plan.ClusterDatabase });
        _processes.Add(silo);

        Assert.Equal(1, await silo.ExitAsync(_startTime));
        Assert.Contains("Postgres__Users__ConnectionString", silo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", silo.Output, StringComparison.Ordinal);
    }
}
