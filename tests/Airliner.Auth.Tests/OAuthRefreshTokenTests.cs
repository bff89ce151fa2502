using System.Net;
using System.Text.Json;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Events;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Auth.Tests;

/// <summary>Giving refresh tokens back (RFC 7009), and asking what one is (RFC 7662).</summary>
public sealed class OAuthRefreshTokenTests(RunningSystem system)
{
    [Theory]
    [InlineData(null)]
    [InlineData("refresh_token")]
    [InlineData("access_token")]
    [InlineData("unheard_of")]
    public async Task A_refresh_token_that_is_given_back_ends_its_session_whatever_the_hint(string? hint)
    {
        var (user, login) = await LogInAsync();
        (string, string)[] form = hint is null ? [("token", login.Refresh)] : [("token", login.Refresh), ("token_type_hint", hint)];

        using (var revoked = await PostAsync("revoke", [.. AsMachine, .. form]))
            Assert.Equal("", await OkAsync(revoked));

        await EndedAsync(user, login);
        var session = (string)Jwt.Payload(login.Access)["sid"]!;
        var events = await system.ReadTopicAsync(Topics.Auth, read => read.Any(e => IsEnd(e, session)));
        Assert.Equal("token_revoked", events.Single(e => IsEnd(e, session)).Value.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task The_users_client_has_no_secret_and_gives_back_by_naming_itself()
    {
        var (user, login) = await LogInAsync();

        using (var revoked = await PostAsync("revoke", ("client_id", "airliner"), ("token", login.Refresh)))
            await OkAsync(revoked);

        await EndedAsync(user, login);
    }

    [Fact]
    public async Task A_spent_token_that_is_given_back_ends_the_session_too()
    {
        var (user, login) = await LogInAsync();
        using var refreshed = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/refreshToken", body: new { refreshToken = login.Refresh });
        var successor = (await refreshed.JsonAsync()).GetProperty("refreshToken").GetString()!;

        using (var revoked = await PostAsync("revoke", [.. AsMachine, ("token", login.Refresh)]))
            await OkAsync(revoked);

        await EndedAsync(user, login with { Refresh = successor });
    }

    [Fact]
    public async Task What_is_no_token_or_not_any_more_needs_nothing_and_ends_nothing()
    {
        var (user, login) = await LogInAsync();
        var (_, ended) = await LogInAsync();
        using (await PostAsync("revoke", [.. AsMachine, ("token", ended.Refresh)]))
        {
            var parts = login.Refresh.Split('.');
            string[] tokens = [ended.Refresh, $"{user.UserId}.{new string('A', 22)}.{parts[2]}", $"{long.MaxValue}.{parts[1]}.{parts[2]}", "x", "a.b.c", new string('x', 5000)];
            foreach (var token in tokens)
            {
                using var answer = await PostAsync("revoke", [.. AsMachine, ("token", token)]);
                Assert.Equal("", await OkAsync(answer));
            }
        }

        Assert.Equal(2, (await Sessions(user).List()).Count);
    }

    [Theory]
    [InlineData("revoke", "nobody")]
    [InlineData("revoke", "")]
    [InlineData("introspect", "airliner")]
    [InlineData("introspect", "")]
    public async Task Who_does_not_authenticate_is_refused_and_ends_nothing(string route, string clientId)
    {
        var (user, login) = await LogInAsync();

        using var answer = await PostAsync(route, ("client_id", clientId), ("token", login.Refresh));

        Assert.Equal("invalid_client", (await answer.JsonAsync(HttpStatusCode.Unauthorized)).GetProperty("error").GetString());
        Assert.Equal(2, (await Sessions(user).List()).Count);
    }

    [Fact]
    public async Task A_wrong_secret_beside_the_users_client_is_refused()
    {
        var (user, login) = await LogInAsync();

        using var answer = await PostAsync("revoke", ("client_id", "airliner"), ("client_secret", "x"), ("token", login.Refresh));

        await answer.JsonAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(2, (await Sessions(user).List()).Count);
    }

    [Fact]
    public async Task An_empty_secret_is_none_and_a_bearer_token_beside_is_not_the_client_s()
    {
        var (user, login) = await LogInAsync();
        using var content = new FormUrlEncodedContent([new("client_id", "airliner"), new("client_secret", ""), new("token", login.Refresh)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/oauth2/revoke", UriKind.Relative)) { Content = content };
        request.Headers.Authorization = new("Bearer", login.Access);

        using var answer = await system.Auth.Http.SendAsync(request, TestContext.Current.CancellationToken);

        await OkAsync(answer);
        Assert.Single(await Sessions(user).List());
    }

    [Theory]
    [InlineData("Zm9vOmJhcg==")]
    [InlineData("%%%")]
    [InlineData("YWlybGluZXI6c2VjcmV0")]
    public async Task Who_authenticates_wrongly_is_refused_a_refresh_that_needs_no_authentication(string basic)
    {
        var (user, login) = await LogInAsync();
        using var content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", login.Refresh)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/oauth2/token", UriKind.Relative)) { Content = content };
        request.Headers.Authorization = new("Basic", basic);

        using var answer = await system.Auth.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("invalid_client", (await answer.JsonAsync(HttpStatusCode.Unauthorized)).GetProperty("error").GetString());
        Assert.Equal(2, (await Sessions(user).List()).Count);
    }

    [Fact]
    public async Task The_users_client_gives_back_access_tokens_of_its_own()
    {
        var (user, login) = await LogInAsync();
        using (var foreign = await PostAsync("revoke", ("client_id", "airliner"), ("token", await system.ServiceTokenAsync())))
            Assert.Equal("unauthorized_client", (await foreign.JsonAsync(HttpStatusCode.BadRequest)).GetProperty("error").GetString());

        using (var own = await PostAsync("revoke", ("client_id", "airliner"), ("token", login.Access)))
            await OkAsync(own);

        await system.Users.EventuallyAsync(HttpMethod.Get, $"/api/v1/airliner/users/{user.UserId}", HttpStatusCode.Unauthorized, login.Access);
        // The token is gone, and the session goes on.
        Assert.Equal(2, (await Sessions(user).List()).Count);
    }

    [Fact]
    public async Task Introspection_knows_a_refresh_token_until_it_is_spent_or_ended()
    {
        var (user, login) = await LogInAsync();

        var active = await IntrospectAsync(login.Refresh);
        Assert.Equal(["active", "iss", "sub", "client_id", "iat", "exp"], active.EnumerateObject().Select(member => member.Name));
        Assert.Equal((true, system.Issuer, $"{user.UserId}", "airliner"), (active.GetProperty("active").GetBoolean(), Text(active, "iss"), Text(active, "sub"), Text(active, "client_id")));
        Assert.Equal(30 * 86_400, active.GetProperty("exp").GetInt64() - active.GetProperty("iat").GetInt64());

        using var refreshed = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/refreshToken", body: new { refreshToken = login.Refresh });
        var successor = (await refreshed.JsonAsync()).GetProperty("refreshToken").GetString()!;
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(login.Refresh)).GetRawText());
        Assert.True((await IntrospectAsync(successor)).GetProperty("active").GetBoolean());
        // To ask is not to use: nothing has ended by it.
        Assert.Equal(2, (await Sessions(user).List()).Count);

        await Sessions(user).EndAll(SessionEnds.Ended, epoch: null);
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(successor)).GetRawText());
    }

    private (string, string)[] AsMachine => [("client_id", system.ServiceClientId), ("client_secret", system.ServiceClientSecret)];

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;

    private static bool IsEnd(ReceivedEvent raised, string session) =>
        raised.Value.GetProperty("eventType").GetString() == "session_revoked" && raised.Value.GetProperty("sessionId").GetString() == session;

    private IUserSessionsGrain Sessions(Account user) => system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>(user.UserId);

    /// <summary>A user with two sessions, and the tokens of the second.</summary>
    private async Task<(Account User, (string Access, string Refresh) Login)> LogInAsync()
    {
        var user = await system.NewUserAsync();
        using var login = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: new { user.Username, user.Password });
        var json = await login.JsonAsync();
        return (user, (Text(json, "accessToken"), Text(json, "refreshToken")));
    }

    private async Task EndedAsync(Account user, (string Access, string Refresh) login)
    {
        using var refused = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/refreshToken", body: new { refreshToken = login.Refresh });
        await refused.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        await system.Users.EventuallyAsync(HttpMethod.Get, $"/api/v1/airliner/users/{user.UserId}", HttpStatusCode.Unauthorized, login.Access);
        Assert.Single(await Sessions(user).List());
    }

    private static async Task<string> OkAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<JsonElement> IntrospectAsync(string token)
    {
        using var answer = await PostAsync("introspect", [.. AsMachine, ("token", token)]);
        return await answer.JsonAsync();
    }

    private async Task<HttpResponseMessage> PostAsync(string route, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(member => KeyValuePair.Create(member.Name, member.Value)));
        return await system.Auth.Http.PostAsync(new Uri($"/oauth2/{route}", UriKind.Relative), content);
    }
}
