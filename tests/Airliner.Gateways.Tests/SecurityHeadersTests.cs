using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>What the answers of every gateway tell browsers and caches.</summary>
public sealed partial class SecurityHeadersTests(RunningSystem system)
{
    [Fact]
    public async Task Every_answer_is_data_that_nobody_guesses_frames_or_keeps()
    {
        foreach (var gateway in system.Gateways)
        {
            foreach (var path in new[] { "/health", "/metrics", "/openapi/v1.json", "/nothing" })
            {
                using var answer = await gateway.SendAsync(HttpMethod.Get, path);
                Assert.Equal((path, path == "/nothing" ? HttpStatusCode.NotFound : HttpStatusCode.OK), (path, answer.StatusCode));
                AssertData(answer);
            }
        }
    }

    [Fact]
    public async Task Personal_data_tokens_and_errors_are_in_no_cache()
    {
        var user = await system.NewUserAsync();
        (RunningGateway Gateway, string Path)[] routes =
        [
            (system.Users, $"/api/v1/airliner/users/{user.UserId}"), (system.Tasks, "/api/v1/eventstreammonitor/tasks"),
            (system.Notifications, "/api/v1/airliner/notifications"), (system.Auth, "/api/v1/airliner/sessions"),
        ];
        foreach (var (gateway, path) in routes)
        {
            using var answer = await gateway.SendAsync(HttpMethod.Get, path, user.AccessToken);
            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
            AssertData(answer);
            using var unauthorized = await gateway.SendAsync(HttpMethod.Get, path);
            Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);
            AssertData(unauthorized);
        }

        using var login = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: new { username = user.Username, password = user.Password });
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        AssertData(login);
        using var body = new StringContent("{", Encoding.UTF8, "application/json");
        using var thrown = await system.Users.Http.PostAsync("/api/v1/airliner/registerUser", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, thrown.StatusCode);
        AssertData(thrown);
    }

    [Fact]
    public async Task What_a_route_says_of_caches_stays()
    {
        using var keys = await system.Auth.SendAsync(HttpMethod.Get, "/.well-known/jwks.json");

        Assert.Equal((true, TimeSpan.FromMinutes(5)), (keys.Headers.CacheControl!.Public, keys.Headers.CacheControl.MaxAge));
    }

    [Fact]
    public async Task The_reference_page_runs_its_own_scripts_and_no_others()
    {
        foreach (var gateway in system.Gateways)
        {
            var nonces = new HashSet<string>();
            for (var visit = 0; visit < 2; visit++)
            {
                using var answer = await gateway.SendAsync(HttpMethod.Get, "/docs/");
                var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
                var policy = AssertSafe(answer);
                Assert.Contains("default-src 'none'; script-src 'self' 'nonce-", policy, StringComparison.Ordinal);
                var nonce = Nonce().Match(policy).Groups[1].Value;
                var scripts = Script().Matches(page);
                Assert.NotEmpty(scripts);
                Assert.All(scripts, script => Assert.Contains($"nonce=\"{nonce}\"", script.Value, StringComparison.Ordinal));
                // What it loads is beside it.
                Assert.All(Source().Matches(page), source => Assert.DoesNotContain("//", source.Groups[1].Value, StringComparison.Ordinal));
                nonces.Add(nonce);
                foreach (Match source in Source().Matches(page))
                {
                    using var script = await gateway.SendAsync(HttpMethod.Get, new Uri(new Uri(gateway.Address, "/docs/"), source.Groups[1].Value).PathAndQuery);
                    Assert.Equal((source.Groups[1].Value, HttpStatusCode.OK), (source.Groups[1].Value, script.StatusCode));
                }
            }

            Assert.Equal(2, nonces.Count);
        }
    }

    private static void AssertData(HttpResponseMessage answer)
    {
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", AssertSafe(answer));
        Assert.True(answer.Headers.CacheControl?.NoStore, $"{answer.RequestMessage!.RequestUri} may be kept: {answer.Headers.CacheControl}");
    }

    /// <summary>Insists on what every answer has.</summary>
    /// <returns>Its policy.</returns>
    private static string AssertSafe(HttpResponseMessage answer)
    {
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["DENY"], answer.Headers.GetValues("X-Frame-Options"));
        Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
        Assert.Empty(answer.Headers.Server);
        Assert.False(answer.Headers.Contains("X-Powered-By"));
        // In cleartext no browser heeds it (RFC 6797 §7.2).
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        return answer.Headers.GetValues("Content-Security-Policy").Single();
    }

    [GeneratedRegex("'nonce-([^']+)'")]
    private static partial Regex Nonce();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Script();

    [GeneratedRegex("<(?:script|link|img)[^>]*(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Source();
}
