using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Airliner.Embedded;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Cluster;

/// <summary>Processes with the certificates that <c>./airliner secrets --tls</c> makes, set up as docker-compose.tls.yml has it.</summary>
[Collection(ClusterPlan.Collection)]
public sealed class TlsTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly TimeSpan _startTime = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("airliner-tls-").FullName;
    private readonly List<SystemProcess> _processes = [];
    private ClusterPlan _plan = null!;

    public async ValueTask InitializeAsync()
    {
        _plan = await ClusterPlan.MakeAsync(postgres, _folder, $"127.0.0.1:{LoopbackPort.Free()}");
        var made = Run(SystemProcess.Start(Programs.Host, ["certificates", Path.Combine(_folder, "tls")], []));
        Assert.Equal(0, await made.ExitAsync(_startTime));
    }

    public async ValueTask DisposeAsync()
    {
        FailureLog.WriteIfFailed(string.Concat(_processes.Select(process => process.Log)));
        foreach (var process in _processes)
            await process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Silos_find_each_other_and_a_gateway_finds_them_and_serves()
    {
        var health = LoopbackPort.Free();
        Run(_plan.StartSilo(Service.Users, Member("silo")));
        Run(_plan.StartSilo(Service.Auth, Member("silo")));
        Run(_plan.StartGateway(Service.Users,
        [
            .. Member("gateway"),
            new("Tls__CertificateFile", PathOf("server.crt")),
            new("Tls__KeyFile", PathOf("server.key")),
            new("Health__Port", $"{health}"),
        ]));
        using var client = Client();
        await ReadyAsync(client, health);

        var address = new Uri($"https://localhost:{_plan.RestPort(Service.Users)}/api/v1/airliner/registerUser");
        using var answer = await client.PostAsJsonAsync(
            address,
            new { username = "enciphered", email = "enciphered@example.com", password = "correct-horse-enciphered", firstName = "En", lastName = "Ciphered" },
            TestContext.Current.CancellationToken);

        Assert.Equal(201, (int)answer.StatusCode);
        var user = (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("user");
        Assert.Equal("enciphered", user.GetProperty("username").GetString());
        var port = $"{_plan.RestPort(Service.Users)}";
        var status = await StatusRun.OfAsync([new("USERMANAGEMENT_PORTS", port)], "--ca", PathOf("ca.crt"), "--json");
        Assert.Contains(status.Gateways, gateway => gateway.GetProperty("address").GetString() == $"https://127.0.0.1:{port}" && gateway.GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task A_silo_whose_key_is_not_that_of_its_certificate_says_so_and_ends()
    {
        var silo = Run(_plan.StartSilo(Service.Users, [.. Member("silo"), new("Cluster__Tls__KeyFile", PathOf("gateway.key"))]));

        Assert.Equal(1, await silo.ExitAsync(_startTime));
        Assert.Contains(
            $"Cluster:Tls:KeyFile: {PathOf("gateway.key")} does not have the private key of the certificate in {PathOf("silo.crt")}", silo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", silo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_whose_certificate_is_missing_says_so_and_ends()
    {
        var gateway = Run(_plan.StartGateway(Service.Users, new("Tls__CertificateFile", PathOf("none.crt")), new("Tls__KeyFile", PathOf("server.key"))));

        Assert.Equal(1, await gateway.ExitAsync(_startTime));
        Assert.Contains($"Tls:CertificateFile: {PathOf("none.crt")} cannot be read", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", gateway.Output, StringComparison.Ordinal);
    }

    private SystemProcess Run(SystemProcess process)
    {
        _processes.Add(process);
        return process;
    }

    private string PathOf(string file) => Path.Combine(_folder, "tls", file);

    private KeyValuePair<string, string>[] Member(string name) =>
    [
        new("Cluster__Tls__CertificateFile", PathOf($"{name}.crt")),
        new("Cluster__Tls__KeyFile", PathOf($"{name}.key")),
        new("Cluster__Tls__CaFile", PathOf("ca.crt")),
    ];

    private HttpClient Client()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(PathOf("ca.crt"));
        return new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } });
    }

    private static Task ReadyAsync(HttpClient client, int health) =>
        Eventually.Get(() => AskAsync(client, health), status => status == 200, _startTime, "the gateway is ready");

    private static async Task<int> AskAsync(HttpClient client, int health)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{health}/readyz"), TestContext.Current.CancellationToken);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }
}
