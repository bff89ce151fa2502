using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Authentication;
using System.Text.Json;
using Airliner.Testing;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Xunit;

namespace Airliner.Gateways.Tests.Tls;

/// <summary>Gateways that have a certificate.</summary>
public sealed class TlsGatewaysTests(RunningSystem system) : IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private OwnGateways _gateways = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var (certificate, key) = _certificates.Write("server", _certificates.Issue(TestCertificates.Server));
        _gateways = await OwnGateways.StartAsync(system, new Dictionary<string, string?>
        {
            ["Tls:CertificateFile"] = certificate,
            ["Tls:KeyFile"] = key,
            ["Limits:ExemptLoopback"] = "true",
        });
        _client = new HttpClient(_certificates.Trusting());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateways.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task REST_is_served_in_both_versions_of_HTTP()
    {
        foreach (var gateway in _gateways.All)
        {
            foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{gateway.Rest}/livez")
                {
                    Version = version,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                };
                using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.Equal((HttpStatusCode.OK, version), (answer.StatusCode, answer.Version));
            }
        }
    }

    [Fact]
    public async Task A_login_at_one_gateway_is_good_at_another()
    {
        var user = await system.NewUserAsync();
        using var login = await _client.PostAsJsonAsync(
            $"https://127.0.0.1:{_gateways.All[3].Rest}/api/v1/airliner/login",
            new { username = user.Username, password = user.Password },
            TestContext.Current.CancellationToken);
        var token = (await login.JsonAsync()).GetProperty("accessToken").GetString();

        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{_gateways.All[1].Rest}/api/v1/eventstreammonitor/tasks");
        request.Headers.Authorization = new("Bearer", token);
        using var tasks = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(JsonValueKind.Array, (await tasks.JsonAsync()).GetProperty("tasks").ValueKind);
    }

    [Fact]
    public async Task GRPC_is_served_on_its_own_port_alone()
    {
        foreach (var gateway in _gateways.All)
        {
            Assert.Equal(StatusCode.OK, await GrpcHealthAsync($"https://127.0.0.1:{gateway.Grpc}"));
            Assert.Equal(StatusCode.Unimplemented, await GrpcHealthAsync($"https://127.0.0.1:{gateway.Rest}"));
        }
    }

    [Fact]
    public async Task Plain_HTTP_is_not_answered()
    {
        foreach (var gateway in _gateways.All)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync($"http://127.0.0.1:{gateway.Rest}/livez", TestContext.Current.CancellationToken));
            Assert.NotEqual(StatusCode.OK, await GrpcHealthAsync($"http://127.0.0.1:{gateway.Grpc}"));
        }
    }

    [Fact]
    public async Task A_client_that_does_not_know_the_authority_or_asks_for_another_name_goes_away()
    {
        using var others = new TestCertificates();
        using var stranger = new HttpClient(others.Trusting());
        foreach (var (client, host) in new[] { (stranger, "127.0.0.1"), (_client, "127.0.0.2") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{_gateways.All[0].Rest}/livez");
            request.Headers.Host = host;
            var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, TestContext.Current.CancellationToken));
            Assert.IsType<AuthenticationException>(refused.InnerException);
        }
    }

    [Fact]
    public async Task Probes_have_a_port_of_their_own_without_TLS_and_nothing_else_is_there()
    {
        foreach (var gateway in _gateways.All)
        {
            foreach (var path in new[] { "/livez", "/readyz", "/health", "/metrics" })
                Assert.Equal((path, HttpStatusCode.OK), (path, await StatusAsync(gateway, path)));
            foreach (var path in new[] { "/docs", "/openapi/v1.json", "/api/v1/airliner/notifications", "/.well-known/jwks.json", "/Health/", "/" })
                Assert.Equal((path, HttpStatusCode.NotFound), (path, await StatusAsync(gateway, path)));
        }

        async Task<HttpStatusCode> StatusAsync(OwnGateway gateway, string path)
        {
            using var answer = await _client.GetAsync($"http://127.0.0.1:{gateway.Health}{path}", TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task The_probe_of_the_containers_finds_them_ready()
    {
        foreach (var gateway in _gateways.All)
        {
            using var probe = Process.Start("bash", [Path.Combine(Repository.Root, "docker", "ready"), $"{gateway.Health}"]);
            await probe.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, probe.ExitCode);
        }
    }

    [Fact]
    public async Task Browsers_are_told_to_come_back_over_TLS_alone()
    {
        foreach (var gateway in _gateways.All)
        {
            Assert.Equal("max-age=31536000", await StrictTransportAsync($"https://127.0.0.1:{gateway.Rest}/livez", "airliner.example"));
            Assert.Equal("max-age=31536000", await StrictTransportAsync($"https://127.0.0.1:{gateway.Rest}/nothing", "airliner.example"));
            Assert.Null(await StrictTransportAsync($"https://127.0.0.1:{gateway.Rest}/livez", "localhost"));
            Assert.Null(await StrictTransportAsync($"http://127.0.0.1:{gateway.Health}/livez", "airliner.example"));
        }
    }

    private async Task<string?> StrictTransportAsync(string url, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Host = host } };
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null;
    }

    private async Task<StatusCode> GrpcHealthAsync(string address)
    {
        using var handler = _certificates.Trusting();
        using var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler });
        try
        {
            await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), cancellationToken: TestContext.Current.CancellationToken);
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }
}
