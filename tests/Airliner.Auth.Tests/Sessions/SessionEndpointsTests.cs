using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Events;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Auth.Tests.Sessions;

/// <summary>Listing and ending sessions as clients do, on the whole system.</summary>
public sealed class SessionEndpointsTests(RunningSystem system)
{
    public static TheoryData<string> Prefixes { get; } = ["/api/v1/airliner", "/api/v1/eventstreammonitor"];

    private IGrainFactory Grains => system.Silo.GetRequiredService<IGrainFactory>();

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task A_user_sees_the_sessions_that_are_open_newest_first(string prefix)
    {
        var user = await system.NewUserAsync();
        var second = await LogInAsync(user, "second/2.0");

        using var answer = await system.Auth.SendAsync(HttpMethod.Get, $"{prefix}/sessions", user.AccessToken);

        var json = await answer.JsonAsync();
        Assert.Equal(
            """{"limit":50,"offset":0,"total":2,"hasMore":false,"nextCursor":null,"totalIsEstimate":false}""", json.GetProperty("pagination").GetRawText());
        var sessions = json.GetProperty("sessions").EnumerateArray().ToArray();
        Assert.Equal([SessionOf(second.AccessToken), SessionOf(user.AccessToken)], sessions.Select(session => session.GetProperty("sessionId").GetString()));
        Assert.Equal([false, true], sessions.Select(session => session.GetProperty("current").GetBoolean()));
        Assert.Equal(
            ["sessionId", "createdAt", "lastUsedAt", "expiresAt", "sourceAddress", "userAgent", "current"],
            sessions[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(("127.0.0.1", "second/2.0"), (sessions[0].GetProperty("sourceAddress").GetString(), sessions[0].GetProperty("userAgent").GetString()));
        Assert.Equal(TimeSpan.FromDays(30), sessions[0].GetProperty("expiresAt").GetDateTimeOffset() - sessions[0].GetProperty("createdAt").GetDateTimeOffset());
        Assert.Equal(sessions[0].GetProperty("createdAt").GetString(), sessions[0].GetProperty("lastUsedAt").GetString());
    }

    [Fact]
    public async Task A_refresh_shows_in_the_session()
    {
        var user = await system.NewUserAsync();
        var before = await LogInAsync(user, "before/1");
        using var refreshed = await SendAsync("/api/v1/airliner/refreshToken", "after/2", new { refreshToken = before.RefreshToken });
        await refreshed.JsonAsync();

        var session = (await ListAsync(user.AccessToken))[0];

        Assert.Equal(SessionOf(before.AccessToken), session.GetProperty("sessionId").GetString());
        Assert.Equal("after/2", session.GetProperty("userAgent").GetString());
        var lastUsed = session.GetProperty("lastUsedAt").GetDateTimeOffset();
        Assert.True(lastUsed > session.GetProperty("createdAt").GetDateTimeOffset());
        Assert.Equal(lastUsed.AddDays(30), session.GetProperty("expiresAt").GetDateTimeOffset());
    }

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task Logging_out_ends_this_session_alone_and_its_token(string prefix)
    {
        var user = await system.NewUserAsync();
        var second = await LogInAsync(user);

        using (var answer = await system.Auth.SendAsync(HttpMethod.Post, $"{prefix}/logout", second.AccessToken))
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);

        await system.Users.EventuallyAsync(HttpMethod.Get, $"{prefix}/users/{user.UserId}", HttpStatusCode.Unauthorized, second.AccessToken);
        await CannotRefreshAsync(second.RefreshToken);
        Assert.Equal([SessionOf(user.AccessToken)], await IdsAsync(user.AccessToken));
        await RevokedAsync(user, (SessionOf(second.AccessToken), "logged_out"));
    }

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task A_session_is_ended_by_its_id(string prefix)
    {
        var user = await system.NewUserAsync();
        var second = await LogInAsync(user);

        using var answer = await system.Auth.SendAsync(HttpMethod.Delete, $"{prefix}/sessions/{SessionOf(second.AccessToken)}", user.AccessToken);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await CannotRefreshAsync(second.RefreshToken);
        Assert.Equal([SessionOf(user.AccessToken)], await IdsAsync(user.AccessToken));
        await RevokedAsync(user, (SessionOf(second.AccessToken), "ended"));
        using var again = await system.Auth.SendAsync(HttpMethod.Delete, $"{prefix}/sessions/{SessionOf(second.AccessToken)}", user.AccessToken);
        await again.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task All_sessions_end_the_current_one_too(string prefix)
    {
        var user = await system.NewUserAsync();
        var second = await LogInAsync(user);

        using var answer = await system.Auth.SendAsync(HttpMethod.Delete, $"{prefix}/sessions", second.AccessToken);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await CannotRefreshAsync(second.RefreshToken);
        Assert.Empty(await Grains.GetGrain<IUserSessionsGrain>(user.UserId).List());
        await RevokedAsync(user, (SessionOf(user.AccessToken), "ended"), (SessionOf(second.AccessToken), "ended"));
    }

    [Fact]
    public async Task Another_users_sessions_are_an_administrators_to_see_and_to_end()
    {
        var user = await system.NewUserAsync();
        var second = await LogInAsync(user);
        var admin = await system.AdminTokenAsync();
        string Of(string path) => $"/api/v1/airliner/{path}?userId={user.UserId}";

        using var list = await system.Auth.SendAsync(HttpMethod.Get, Of("sessions"), admin);
        var sessions = (await list.JsonAsync()).GetProperty("sessions").EnumerateArray().ToArray();
        Assert.Equal([SessionOf(second.AccessToken), SessionOf(user.AccessToken)], sessions.Select(session => session.GetProperty("sessionId").GetString()));
        Assert.DoesNotContain(sessions, session => session.GetProperty("current").GetBoolean());

        using var one = await system.Auth.SendAsync(HttpMethod.Delete, Of($"sessions/{SessionOf(second.AccessToken)}"), admin);
        Assert.Equal(HttpStatusCode.NoContent, one.StatusCode);
        Assert.Equal([SessionOf(user.AccessToken)], await IdsAsync(user.AccessToken));

        using var all = await system.Auth.SendAsync(HttpMethod.Delete, Of("sessions"), admin);
        Assert.Equal(HttpStatusCode.NoContent, all.StatusCode);
        Assert.Empty(await Grains.GetGrain<IUserSessionsGrain>(user.UserId).List());
    }

    [Fact]
    public async Task Another_users_sessions_are_nobody_elses()
    {
        var user = await system.NewUserAsync();
        var other = await system.NewUserAsync();
        var reader = (await Grains.GetGrain<IUserSessionsGrain>(user.UserId).Open(new("o", ["user", "operator"], "127.0.0.1", "test", WithRefresh: false)))!.AccessToken;
        var session = SessionOf(other.AccessToken);

        foreach (var (method, path, token) in new[]
        {
            (HttpMethod.Get, $"sessions?userId={other.UserId}", user.AccessToken),
            (HttpMethod.Delete, $"sessions?userId={other.UserId}", user.AccessToken),
            (HttpMethod.Delete, $"sessions/{session}?userId={other.UserId}", user.AccessToken),
            (HttpMethod.Delete, $"sessions?userId={other.UserId}", reader),
            (HttpMethod.Delete, $"sessions/{session}?userId={other.UserId}", reader),
        })
        {
            using var refused = await system.Auth.SendAsync(method, $"/api/v1/airliner/{path}", token);
            await refused.ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        }

        using var unnamed = await system.Auth.SendAsync(HttpMethod.Delete, $"/api/v1/airliner/sessions/{session}", user.AccessToken);
        await unnamed.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        using var read = await system.Auth.SendAsync(HttpMethod.Get, $"/api/v1/airliner/sessions?userId={other.UserId}", reader);
        Assert.Single((await read.JsonAsync()).GetProperty("sessions").EnumerateArray());
    }

    [Fact]
    public async Task A_machine_client_has_no_sessions()
    {
        var token = await system.ServiceTokenAsync();

        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, "sessions"), (HttpMethod.Delete, "sessions"), (HttpMethod.Delete, "sessions/s_1"), (HttpMethod.Post, "logout"), (HttpMethod.Get, "sessions?userId=1000"),
        })
        {
            using var refused = await system.Auth.SendAsync(method, $"/api/v1/airliner/{path}", token);
            var problem = await refused.ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
            Assert.Equal("A machine client has no sessions.", problem.GetProperty("detail").GetString());
        }
    }

    [Theory]
    [InlineData("GET", "sessions?userId=ada")]
    [InlineData("GET", "sessions?userId=0")]
    [InlineData("DELETE", "sessions?userId=-1")]
    [InlineData("DELETE", "sessions/s_1?userId=1.5")]
    public async Task A_user_id_that_is_none_is_named(string method, string path)
    {
        using var answer = await system.Auth.SendAsync(new(method), $"/api/v1/airliner/{path}", await system.AdminTokenAsync());

        await answer.InvalidAsync("userId");
    }

    private static string SessionOf(string accessToken) => (string)Jwt.Payload(accessToken)["sid"]!;

    private async Task<(string AccessToken, string RefreshToken)> LogInAsync(Account user, string userAgent = "test")
    {
        using var answer = await SendAsync("/api/v1/airliner/login", userAgent, new { user.Username, user.Password });
        var json = await answer.JsonAsync();
        return (json.GetProperty("accessToken").GetString()!, json.GetProperty("refreshToken").GetString()!);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string userAgent, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = System.Net.Http.Json.JsonContent.Create(body, body.GetType()) };
        request.Headers.UserAgent.Add(ProductInfoHeaderValue.Parse(userAgent));
        return await system.Auth.Http.SendAsync(request);
    }

    private async Task<JsonElement[]> ListAsync(string accessToken)
    {
        using var answer = await system.Auth.SendAsync(HttpMethod.Get, "/api/v1/airliner/sessions", accessToken);
        return [.. (await answer.JsonAsync()).GetProperty("sessions").EnumerateArray()];
    }

    private async Task<string[]> IdsAsync(string accessToken) => [.. (await ListAsync(accessToken)).Select(session => session.GetProperty("sessionId").GetString()!)];

    private async Task CannotRefreshAsync(string refreshToken)
    {
        using var answer = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/refreshToken", body: new { refreshToken });
        await answer.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    /// <summary>Insists on one event for each session, and on no other of this user.</summary>
    private async Task RevokedAsync(Account user, params (string Session, string Reason)[] expected)
    {
        // An event of the same user that comes later shows that no other is on its way.
        var later = SessionOf((await LogInAsync(user)).AccessToken);
        var events = await system.ReadTopicAsync(Topics.Auth, read => read.Any(raised => raised.Value.ToString().Contains(later, StringComparison.Ordinal)));
        var revoked = events.Where(raised => raised.Key == $"{user.UserId}" && raised.Value.GetProperty("eventType").GetString() == "session_revoked")
            .Select(raised => (raised.Value.GetProperty("sessionId").GetString()!, raised.Value.GetProperty("reason").GetString()!));
        Assert.Equal(expected, revoked);
    }
}
