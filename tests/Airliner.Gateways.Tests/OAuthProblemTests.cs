using System.Text.Json;
using Airliner.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>What goes wrong at the routes of OAuth is told in RFC 6749's words (§5.2), wherever it goes wrong.</summary>
public sealed class OAuthProblemTests
{
    [Theory]
    [InlineData(400, "invalid_request")]
    [InlineData(405, "invalid_request")]
    [InlineData(413, "invalid_request")]
    [InlineData(415, "invalid_request")]
    [InlineData(429, "temporarily_unavailable")]
    [InlineData(500, "server_error")]
    [InlineData(503, "temporarily_unavailable")]
    [InlineData(504, "temporarily_unavailable")]
    public async Task A_fault_has_the_error_that_its_status_stands_for_and_is_not_stored(int status, string error)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = services, Request = { Path = "/oauth2/token" }, Response = { Body = body } };
        http.Response.Headers.RetryAfter = "2";

        await ProblemWriter.WriteAsync(http, new ProblemDetails { Status = status, Detail = "What went wrong." });

        Assert.Equal((status, "no-store", "no-cache", "2"), (http.Response.StatusCode, $"{http.Response.Headers.CacheControl}", $"{http.Response.Headers.Pragma}", $"{http.Response.Headers.RetryAfter}"));
        Assert.StartsWith("application/json", http.Response.ContentType, StringComparison.Ordinal);
        Assert.Equal($$"""{"error":"{{error}}","error_description":"What went wrong."}""", JsonSerializer.Deserialize<JsonElement>(body.ToArray()).GetRawText());
    }
}
