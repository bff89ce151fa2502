using Airliner.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>Whose word a gateway takes for where a request came from. Every request of these tests comes from 127.0.0.1.</summary>
public sealed class KnownProxiesTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.0.0.0/8, 192.0.2.1, 2001:db8::/32")]
    public async Task Headers_of_anybody_but_a_configured_proxy_are_ignored(string? proxies) =>
        Assert.Equal("http from 127.0.0.1", await AskAsync(proxies, "203.0.113.9", "https"));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.0/8,127.0.0.0/8")]
    public async Task Headers_of_a_configured_proxy_are_believed(string proxies)
    {
        Assert.Equal("https from 203.0.113.9", await AskAsync(proxies, "203.0.113.9", "https"));
        Assert.Equal("https from 2001:db8::7", await AskAsync(proxies, "2001:db8::7", "https"));
        Assert.Equal("http from 127.0.0.1", await AskAsync(proxies, null, null));
    }

    [Fact]
    public async Task What_a_client_claims_before_the_first_proxy_is_ignored()
    {
        Assert.Equal("http from 203.0.113.9", await AskAsync("127.0.0.1", "198.51.100.66, 203.0.113.9", null));
        Assert.Equal("http from 203.0.113.9", await AskAsync("127.0.0.1, 10.0.0.0/8", "198.51.100.66, 203.0.113.9, 10.1.2.3", null));
        Assert.Equal("http from 127.0.0.1", await AskAsync("127.0.0.1", "not an address", null));
    }

    [Fact]
    public async Task An_entry_that_is_no_address_and_no_network_is_a_start_error_that_names_it()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync("127.0.0.1,proxy.example", null, null));

        Assert.Contains("Gateway:KnownProxies: 'proxy.example'", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Where a gateway of that setting says that a request with these headers came from.</summary>
    private static async Task<string> AskAsync(string? proxies, string? forwardedFor, string? forwardedProto)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Gateway:KnownProxies"] = proxies });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.UseKnownProxies();
        app.MapGet("/", (HttpContext http) => $"{http.Request.Scheme} from {http.SourceAddress()}");
        await app.StartAsync(TestContext.Current.CancellationToken);

        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single());
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        if (forwardedProto is not null)
            request.Headers.Add("X-Forwarded-Proto", forwardedProto);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
