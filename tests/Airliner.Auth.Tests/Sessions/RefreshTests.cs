using System.Net;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Events;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Core.Internal;
using Xunit;

namespace Airliner.Auth.Tests.Sessions;

/// <summary>Refresh tokens as clients use them, on the whole system.</summary>
public sealed class RefreshTests(RunningSystem system)
{
    private const string Route = "/api/v1/airliner/refreshToken";

    public static TheoryData<string> Routes { get; } = [Route, "/api/v1/eventstreammonitor/refreshToken"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IGrainFactory Grains => system.Silo.GetRequiredService<IGrainFactory>();

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_refresh_answers_as_login_does_and_stays_in_the_session(string route)
    {
        var user = await system.NewUserAsync();
        var login = await LogInAsync(user);

        using var answer = await system.Auth.SendAsync(HttpMethod.Post, route, body: new { refreshToken = RefreshTokenOf(login) });

        var refreshed = await answer.JsonAsync();
        Assert.Equal(["accessToken", "expiresIn", "tokenType", "refreshToken", "message"], refreshed.EnumerateObject().Select(member => member.Name));
        Assert.NotEqual(RefreshTokenOf(login), RefreshTokenOf(refreshed));
        var (before, after) = (Jwt.Payload(AccessTokenOf(login)), Jwt.Payload(AccessTokenOf(refreshed)));
        Assert.Equal((string?)before["sid"], (string?)after["sid"]);
        Assert.NotEqual((string?)before["jti"], (string?)after["jti"]);
        using var own = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/users/{user.UserId}", AccessTokenOf(refreshed));
        await own.JsonAsync();
    }

    [Fact]
    public async Task Two_hundred_refreshes_of_one_token_at_once_leave_one_successor_that_works()
    {
        var user = await system.NewUserAsync();
        var first = RefreshTokenOf(await LogInAsync(user));

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => RefreshAsync(first)));

        var successor = Assert.Single(answers.Select(RefreshTokenOf).Distinct());
        Assert.NotEqual(first, successor);
        var next = RefreshTokenOf(await RefreshAsync(successor));
        Assert.NotEqual(successor, next);
        Assert.Single(await SessionsOf(user).List(), session => session.LastUsedAt > session.CreatedAt);
    }

    [Fact]
    public async Task A_successor_outlives_a_new_activation_and_is_nowhere_in_the_database()
    {
        var user = await system.NewUserAsync();
        var first = RefreshTokenOf(await LogInAsync(user));
        var second = RefreshTokenOf(await RefreshAsync(first));
        await SessionsOf(user).AsReference<IGrainManagementExtension>().DeactivateOnIdle();

        Assert.Equal(second, RefreshTokenOf(await RefreshAsync(first)));

        var row = await ScalarAsync("auth", "select to_jsonb(s)::text from user_sessions s where id = @id", user.UserId);
        Assert.Contains("s_", row, StringComparison.Ordinal);
        var secrets = first.Split('.')[1..].Concat(second.Split('.')[1..]);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, row, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_comes_after_its_successors_use_ends_the_session_and_tells_so()
    {
        var user = await system.NewUserAsync();
        var login = await LogInAsync(user);
        var session = (string)Jwt.Payload(AccessTokenOf(login))["sid"]!;
        var third = RefreshTokenOf(await RefreshAsync(RefreshTokenOf(await RefreshAsync(RefreshTokenOf(login)))));

        await RefusedAsync(RefreshTokenOf(login));

        await RefusedAsync(third);
        Assert.DoesNotContain(await SessionsOf(user).List(), left => left.SessionId == session);
        var events = await EventsAsync(session, "refresh_token_reused", "session_revoked");
        Assert.All(events, raised => Assert.Equal($"{user.UserId}", raised.Key));
        Assert.Equal("refresh_token_reused", events.Single(IsOf("session_revoked")).Value.GetProperty("reason").GetString());
        // The login with which the user was made is another session.
        Assert.Single(await SessionsOf(user).List());
    }

    [Fact]
    public async Task Every_reuse_at_once_ends_the_session_once()
    {
        var user = await system.NewUserAsync();
        var login = await LogInAsync(user);
        var session = (string)Jwt.Payload(AccessTokenOf(login))["sid"]!;
        await RefreshAsync(RefreshTokenOf(await RefreshAsync(RefreshTokenOf(login))));

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RefusedAsync(RefreshTokenOf(login))));

        // An event of the same user that comes later shows that no other is on its way.
        var later = (string)Jwt.Payload(AccessTokenOf(await LogInAsync(user)))["sid"]!;
        var events = await system.ReadTopicAsync(Topics.Auth, read => read.Any(raised => SessionOf(raised) == later));
        Assert.Single(events, raised => SessionOf(raised) == session && IsOf("refresh_token_reused")(raised));
        Assert.Single(events, raised => SessionOf(raised) == session && IsOf("session_revoked")(raised));
    }

    [Fact]
    public async Task A_repeat_of_a_command_is_not_a_second_use_even_after_the_successors_use()
    {
        var user = await system.NewUserAsync();
        var first = RefreshTokenOf(await LogInAsync(user));
        var command = new RefreshCommand($"{Guid.NewGuid():n}", first, "127.0.0.1", "test");
        var second = (await Grains.GetGrain<IRefreshGrain>(0).Refresh(command)).Tokens!.RefreshToken!;
        var third = RefreshTokenOf(await RefreshAsync(second));

        var repeat = await Grains.GetGrain<IRefreshGrain>(0).Refresh(command);

        Assert.Equal(RefreshOutcome.Invalid, repeat.Outcome);
        await RefreshAsync(third);
    }

    [Fact]
    public async Task Roles_and_name_of_the_new_token_are_those_that_the_user_has_now()
    {
        var (userId, username) = await StoredUserAsync("active", """["user", "operator"]""");
        var opened = await Grains.GetGrain<IUserSessionsGrain>(userId).Open(new OpenSession("before", [Roles.User], "127.0.0.1", "test", WithRefresh: true));

        var token = Jwt.Payload(AccessTokenOf(await RefreshAsync(opened!.RefreshToken!)));

        Assert.Equal("[\"user\",\"operator\"]", token["roles"]!.ToJsonString());
        Assert.Equal((username, $"{userId}"), ((string?)token["preferred_username"], (string?)token["sub"]));
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("deleted")]
    public async Task A_user_who_is_not_active_gets_no_new_token(string status)
    {
        var (userId, _) = await StoredUserAsync(status, """["user"]""");
        var opened = await Grains.GetGrain<IUserSessionsGrain>(userId).Open(new OpenSession("before", [Roles.User], "127.0.0.1", "test", WithRefresh: true));

        await RefusedAsync(opened!.RefreshToken!);
    }

    [Fact]
    public async Task What_cannot_be_a_token_of_anyone_is_refused_alike()
    {
        var user = await system.NewUserAsync();
        var real = RefreshTokenOf(await LogInAsync(user));
        var parts = real.Split('.');
        string[] forged =
        [
            "x", "..", "\0", "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", $"{long.MaxValue}.{parts[1]}.{parts[2]}", $"99999999999999999999.{parts[1]}.{parts[2]}",
            $"{user.UserId}.{new string('A', 22)}.{parts[2]}",
        ];

        var bodies = new List<string>();
        foreach (var token in forged)
        {
            var problem = await RefusedAsync(token);
            bodies.Add(problem.ToString().Replace(problem.GetProperty("traceId").GetString()!, "", StringComparison.Ordinal));
        }

        Assert.Single(bodies.Distinct());
    }

    [Fact]
    public async Task A_body_without_a_token_names_it()
    {
        foreach (var body in new object[] { new { }, new { refreshToken = "" }, new { refreshToken = new string('a', 201) } })
        {
            using var answer = await system.Auth.SendAsync(HttpMethod.Post, Route, body: body);
            await answer.InvalidAsync("refreshToken");
        }

        using var wrong = await system.Auth.SendAsync(HttpMethod.Post, Route, body: new { refreshToken = 1 });
        await wrong.InvalidAsync("refreshToken");
    }

    [Fact]
    public async Task A_generated_token_has_a_session_without_refresh()
    {
        var user = await system.NewUserAsync();
        using var answer = await system.Auth.SendAsync(
            HttpMethod.Post, "/api/v1/airliner/generateToken", body: new { user.UserId, user.Username, user.Password });
        var session = (string)Jwt.Payload(AccessTokenOf(await answer.JsonAsync()))["sid"]!;

        var view = Assert.Single(await SessionsOf(user).List(), view => view.SessionId == session);

        Assert.Equal(AccessTokens.Lifetime, view.ExpiresAt - view.CreatedAt);
    }

    private static string RefreshTokenOf(JsonElement answer) => answer.GetProperty("refreshToken").GetString()!;

    private static string AccessTokenOf(JsonElement answer) => answer.GetProperty("accessToken").GetString()!;

    private static string? SessionOf(ReceivedEvent raised) => raised.Value.TryGetProperty("sessionId", out var session) ? session.GetString() : null;

    private static Func<ReceivedEvent, bool> IsOf(string type) => raised => raised.Value.GetProperty("eventType").GetString() == type;

    private IUserSessionsGrain SessionsOf(Account user) => Grains.GetGrain<IUserSessionsGrain>(user.UserId);

    private async Task<JsonElement> LogInAsync(Account user)
    {
        using var answer = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: new { user.Username, user.Password });
        return await answer.JsonAsync();
    }

    private async Task<JsonElement> RefreshAsync(string refreshToken)
    {
        using var answer = await system.Auth.SendAsync(HttpMethod.Post, Route, body: new { refreshToken });
        return await answer.JsonAsync();
    }

    private async Task<JsonElement> RefusedAsync(string refreshToken)
    {
        using var answer = await system.Auth.SendAsync(HttpMethod.Post, Route, body: new { refreshToken });
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        return await answer.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    private async Task<IReadOnlyList<ReceivedEvent>> EventsAsync(string session, params string[] types)
    {
        var events = await system.ReadTopicAsync(
            Topics.Auth, read => types.All(type => read.Any(raised => SessionOf(raised) == session && IsOf(type)(raised))));
        return [.. events.Where(raised => SessionOf(raised) == session && types.Any(type => IsOf(type)(raised)))];
    }

    /// <summary>A user as the user silo finds one in its table, whatever led there.</summary>
    private async Task<(long UserId, string Username)> StoredUserAsync(string status, string roles)
    {
        var like = await system.NewUserAsync();
        var userId = like.UserId + 1_000_000_000;
        var username = $"v{like.Username[1..]}";
        await ScalarAsync(
            "users",
            """
            insert into users select (jsonb_populate_record(u, jsonb_build_object(
                'id', u.id + 1000000000, 'command_id', @username, 'username', @username, 'email', @username || '@example.com', 'status', @status, 'roles', @roles::jsonb))).*
            from users u where id = @id
            """,
            like.UserId,
            ("username", username),
            ("status", status),
            ("roles", roles));
        return (userId, username);
    }

    private async Task<string> ScalarAsync(string service, string sql, long id, params (string Name, string Value)[] parameters)
    {
        await using var command = system.Silo.GetRequiredKeyedService<NpgsqlDataSource>(service).CreateCommand(sql);
        command.Parameters.AddWithValue("id", id);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return (string?)await command.ExecuteScalarAsync(Token) ?? "";
    }
}
