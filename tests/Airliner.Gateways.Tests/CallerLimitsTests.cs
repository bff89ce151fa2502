using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>How many requests a caller may send to a gateway, whatever they are for. The limits of these tests are low, and come back within an hour.</summary>
public sealed class CallerLimitsTests(RunningSystem system) : IAsyncLifetime
{
    private const int Permits = 5;
    private const int ServicePermits = 8;
    private const int KeyPermits = 2;
    private const string Nothing = "/nothing";

    private static readonly HttpClient _client = new();

    private OwnGateways _gateways = null!;

    public async ValueTask InitializeAsync() => _gateways = await OwnGateways.StartAsync(system, new Dictionary<string, string?>
    {
        ["Limits:Requests:Permits"] = $"{Permits}",
        ["Limits:Requests:Window"] = "01:00:00",
        ["Limits:ServiceRequests:Permits"] = $"{ServicePermits}",
        ["Limits:ServiceRequests:Window"] = "01:00:00",
        ["Limits:AnonymousKeys:Permits"] = $"{KeyPermits}",
        ["Limits:AnonymousKeys:Window"] = "01:00:00",
    });

    public ValueTask DisposeAsync() => _gateways.DisposeAsync();

    [Fact]
    public async Task An_address_that_asks_too_often_is_told_when_to_come_back()
    {
        foreach (var gateway in _gateways.All)
        {
            for (var i = 0; i < Permits; i++)
                await ExpectAsync(gateway, HttpStatusCode.NotFound, "203.0.113.1");

            using var refused = await SendAsync(gateway, Nothing, "203.0.113.1");
            var problem = await refused.ProblemAsync(HttpStatusCode.TooManyRequests, "RATE_LIMITED");
            Assert.Contains("Too many requests", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
            Assert.Equal([$"\"requests\";q={Permits};w=3600"], refused.Headers.GetValues("RateLimit-Policy"));
            Assert.StartsWith("\"requests\";r=0;t=", refused.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);

            await ExpectAsync(gateway, HttpStatusCode.NotFound, "203.0.113.2");
        }
    }

    [Fact]
    public async Task All_addresses_of_one_IPv6_network_share_their_permits()
    {
        for (var i = 0; i < Permits; i++)
            await ExpectAsync(_gateways.All[0], HttpStatusCode.NotFound, $"2001:db8::{i + 1}");

        await ExpectAsync(_gateways.All[0], HttpStatusCode.TooManyRequests, "2001:db8::ffff");
        await ExpectAsync(_gateways.All[0], HttpStatusCode.NotFound, "2001:db8:0:1::1");
    }

    [Fact]
    public async Task A_user_has_permits_of_his_own_wherever_he_comes_from()
    {
        var user = await system.NewUserAsync();
        foreach (var gateway in _gateways.All)
        {
            await ExhaustAsync(gateway, "203.0.113.3");
            for (var i = 0; i < Permits; i++)
                await ExpectAsync(gateway, HttpStatusCode.NotFound, "203.0.113.3", user.AccessToken);

            await ExpectAsync(gateway, HttpStatusCode.TooManyRequests, "203.0.113.4", user.AccessToken);
            await ExpectAsync(gateway, HttpStatusCode.NotFound, "203.0.113.4");
        }
    }

    [Fact]
    public async Task A_token_that_is_not_good_counts_for_its_address()
    {
        foreach (var gateway in _gateways.All)
        {
            for (var i = 0; i < Permits; i++)
                await ExpectAsync(gateway, HttpStatusCode.NotFound, "203.0.113.5", $"forged-{i}");

            await ExpectAsync(gateway, HttpStatusCode.TooManyRequests, "203.0.113.5", "forged");
        }
    }

    [Fact]
    public async Task A_machine_client_has_a_limit_of_its_own()
    {
        var token = await system.ServiceTokenAsync();
        foreach (var gateway in _gateways.All)
        {
            for (var i = 0; i < ServicePermits; i++)
                await ExpectAsync(gateway, HttpStatusCode.NotFound, "203.0.113.6", token);

            await ExpectAsync(gateway, HttpStatusCode.TooManyRequests, "203.0.113.6", token);
        }
    }

    [Fact]
    public async Task Calls_of_gRPC_are_counted_too_and_refused_in_its_own_words()
    {
        foreach (var gateway in _gateways.All)
        {
            await ExhaustAsync(gateway, "203.0.113.7");

            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{gateway.Grpc}/airliner.v1.Nothing/Nothing")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(new byte[5]) { Headers = { ContentType = new("application/grpc") } },
                Headers = { { "X-Forwarded-For", "203.0.113.7" } },
            };
            using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(["8"], answer.Headers.GetValues("grpc-status"));
            Assert.NotNull(answer.Headers.RetryAfter?.Delta);
        }
    }

    [Fact]
    public async Task OAuth_refuses_in_its_own_words_and_tells_when_to_come_back()
    {
        await ExhaustAsync(_gateways.All[3], "203.0.113.9");

        using var refused = await SendAsync(_gateways.All[3], "/oauth2/token", "203.0.113.9");
        var error = await refused.JsonAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(["error", "error_description"], error.EnumerateObject().Select(member => member.Name));
        Assert.Equal("temporarily_unavailable", error.GetProperty("error").GetString());
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Probes_take_no_permit_and_need_none()
    {
        foreach (var gateway in _gateways.All)
        {
            await ExhaustAsync(gateway, "203.0.113.8");
            foreach (var path in new[] { "/livez", "/readyz", "/health", "/metrics" })
            {
                using var answer = await SendAsync(gateway, path, "203.0.113.8");
                Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
            }
        }
    }

    [Fact]
    public async Task Keys_without_a_token_have_a_limit_of_their_own_and_leave_the_address_its_requests()
    {
        var gateway = _gateways.All[0];
        for (var i = 0; i < KeyPermits; i++)
            Assert.Equal(HttpStatusCode.BadRequest, await RegisterAsync(KeyedCalls.NewKey()));

        Assert.Equal(HttpStatusCode.TooManyRequests, await RegisterAsync(KeyedCalls.NewKey()));
        Assert.Equal(HttpStatusCode.BadRequest, await RegisterAsync(null));

        async Task<HttpStatusCode> RegisterAsync(string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{gateway.Rest}/api/v1/airliner/registerUser") { Content = JsonContent.Create(new { }) };
            request.Headers.Add("X-Forwarded-For", "203.0.113.10");
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("Limits:Requests:Permits", "0")]
    [InlineData("Limits:ServiceRequests:Window", "00:00:00")]
    [InlineData("Limits:AnonymousKeys:Permits", "0")]
    public async Task A_limit_that_lets_nothing_through_is_a_start_error_that_names_it(string setting, string value)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => OwnGateways.StartAsync(system, new Dictionary<string, string?> { [setting] = value }));

        Assert.Contains(setting, error.Message, StringComparison.Ordinal);
    }

    private static async Task ExhaustAsync(OwnGateway gateway, string address)
    {
        for (var i = 0; i < Permits; i++)
            await ExpectAsync(gateway, HttpStatusCode.NotFound, address);
        await ExpectAsync(gateway, HttpStatusCode.TooManyRequests, address);
    }

    private static async Task ExpectAsync(OwnGateway gateway, HttpStatusCode status, string address, string? token = null)
    {
        using var answer = await SendAsync(gateway, Nothing, address, token);
        Assert.Equal(status, answer.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(OwnGateway gateway, string path, string address, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{gateway.Rest}{path}") { Headers = { { "X-Forwarded-For", address } } };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
