using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests.Idempotency;

/// <summary>Every POST and PUT of every gateway honours a key, but for those that take or answer a secret.</summary>
public sealed class KeyedRoutesTests(RunningSystem system)
{
    /// <summary>How the routes end that ignore keys.</summary>
    private static readonly string[] _secret =
    [
        "/login", "/generateToken", "/refreshToken", "/logout", "/clients", "/clients/{id}/secret", "/webhooks", "/push/subscriptions", "/users/{id:long}/password",
        "/users/{id:long}/verifyEmail", "/resetPassword",
        "/oauth2/token", "/oauth2/introspect", "/oauth2/revoke",
    ];

    [Fact]
    public async Task A_key_that_is_none_is_refused_by_every_route_that_changes_something_and_takes_no_secret()
    {
        var other = await system.NewUserAsync();
        foreach (var row in RouteMatrix.Rows.Where(IsKeyed))
        {
            // A token of its own for each: one route ends the token's session.
            var path = row.Path.Replace("{other}", $"{other.UserId}", StringComparison.Ordinal);
            using var answer = await system.Gateways[row.Gateway].SendKeyedAsync(
                new HttpMethod(row.Route.Split(' ')[0]), path, "no key", await system.AdminTokenAsync(), JsonContent.Create(new { }));

            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var isRefused = answer.StatusCode == HttpStatusCode.BadRequest && text.Contains("Idempotency-Key", StringComparison.Ordinal);
            Assert.True(isRefused != IsSecret(row.Route), $"{row.Route} answered {(int)answer.StatusCode}: {text}");
        }
    }

    [Fact]
    public async Task The_documents_say_the_same()
    {
        for (var gateway = 0; gateway < system.Gateways.Count; gateway++)
        {
            using var answer = await system.Gateways[gateway].SendAsync(HttpMethod.Get, "/openapi/v1.json");
            foreach (var path in (await answer.JsonAsync()).GetProperty("paths").EnumerateObject())
            {
                foreach (var operation in path.Value.EnumerateObject())
                {
                    var honours = operation.Name is "post" or "put" && !_secret.Any(end => path.Name.EndsWith(end.Replace(":long", "", StringComparison.Ordinal), StringComparison.Ordinal));
                    Assert.True(honours == Describes(operation.Value), $"{operation.Name} {path.Name}");
                }
            }
        }
    }

    [Fact]
    public async Task A_login_with_a_key_is_a_login_each_time()
    {
        var user = await system.NewUserAsync();
        var (key, body) = (KeyedCalls.NewKey(), new { user.Username, user.Password });
        using var first = await system.Auth.SendKeyedAsync(HttpMethod.Post, "/api/v1/airliner/login", key, body: body);
        using var second = await system.Auth.SendKeyedAsync(HttpMethod.Post, "/api/v1/airliner/login", key, body: body);

        Assert.False(second.IsReplayed());
        Assert.NotEqual((await first.JsonAsync()).GetProperty("refreshToken").GetString(), (await second.JsonAsync()).GetProperty("refreshToken").GetString());
    }

    private static bool IsKeyed(RouteRow row) =>
        (row.Route.StartsWith("POST /", StringComparison.Ordinal) || row.Route.StartsWith("PUT /", StringComparison.Ordinal))
        && !row.Route.Contains(".v1", StringComparison.Ordinal);

    private static bool IsSecret(string route) => _secret.Any(end => route.EndsWith(end, StringComparison.Ordinal));

    private static bool Describes(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
        && parameters.EnumerateArray().Any(parameter => parameter.TryGetProperty("$ref", out var target) && target.GetString() == "#/components/parameters/Idempotency-Key")
        && operation.GetProperty("responses").TryGetProperty("409", out _) && operation.GetProperty("responses").TryGetProperty("422", out _);
}
