using System.Net;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>Which pages of other origins may call a gateway from a browser.</summary>
public sealed class CrossOriginsTests(RunningSystem system)
{
    private const string Allowed = "https://app.example";

    private static readonly HttpClient _client = new();

    [Fact]
    public async Task None_may_where_none_is_named()
    {
        foreach (var gateway in system.Gateways)
        {
            using var answer = await SendAsync(HttpMethod.Get, new Uri(gateway.Address, "/livez"), Allowed);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Those_that_are_named_may_without_credentials()
    {
        await using var gateways = await OwnGateways.StartAsync(system, Settings($"{Allowed}, http://localhost:3000"));
        foreach (var gateway in gateways.All)
        {
            var address = new Uri($"http://127.0.0.1:{gateway.Rest}/api/v1/airliner/notifications");
            using var refused = await SendAsync(HttpMethod.Get, address, Allowed);
            Assert.Equal([Allowed], refused.Headers.GetValues("Access-Control-Allow-Origin"));
            Assert.False(refused.Headers.Contains("Access-Control-Allow-Credentials"));

            using var preflight = await SendAsync(HttpMethod.Options, address, Allowed, "authorization");
            Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
            Assert.Equal(["authorization"], preflight.Headers.GetValues("Access-Control-Allow-Headers"));

            using var other = await SendAsync(HttpMethod.Get, address, "https://app.example.net");
            Assert.False(other.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Theory]
    [InlineData("*")]
    [InlineData("https://app.example/")]
    [InlineData("app.example")]
    public async Task What_is_no_origin_is_a_start_error_that_names_it(string origin)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => OwnGateways.StartAsync(system, Settings($"{Allowed},{origin}")));

        Assert.Contains($"AIRLINER_CORS_ORIGINS: '{origin}'", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Settings(string origins) => new() { ["AIRLINER_CORS_ORIGINS"] = origins, ["Limits:ExemptLoopback"] = "true" };

    private static async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, string origin, string? asksForHeader = null)
    {
        using var request = new HttpRequestMessage(method, address) { Headers = { { "Origin", origin } } };
        if (asksForHeader is not null)
        {
            request.Headers.Add("Access-Control-Request-Method", "GET");
            request.Headers.Add("Access-Control-Request-Headers", asksForHeader);
        }

        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
