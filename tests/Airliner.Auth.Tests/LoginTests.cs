using System.Net;
using Airliner.Testing;
using Xunit;

namespace Airliner.Auth.Tests;

public sealed class LoginTests(RunningSystem system)
{
    public static TheoryData<string> Routes { get; } =
        ["/api/v1/airliner/login", "/api/v1/eventstreammonitor/login", "/api/v1/eventstreammonitor/auth/login"];

    public static TheoryData<string> TokenRoutes { get; } =
        ["/api/v1/airliner/generateToken", "/api/v1/eventstreammonitor/generateToken", "/api/v1/eventstreammonitor/auth/generateToken"];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_user_logs_in_by_username_and_by_e_mail_whatever_the_case(string route)
    {
        var user = await system.NewUserAsync();

        foreach (var name in new[] { user.Username, user.Username.ToUpperInvariant(), user.Email, user.Email.ToUpperInvariant() })
        {
            using var answer = await system.Auth.SendAsync(HttpMethod.Post, route, body: new { username = name, password = user.Password });
            var json = await answer.JsonAsync();
            Assert.Equal(["accessToken", "expiresIn", "tokenType", "refreshToken", "message"], json.EnumerateObject().Select(member => member.Name));
            Assert.Equal(900, json.GetProperty("expiresIn").GetInt32());
            Assert.Equal("bearer", json.GetProperty("tokenType").GetString());
            Assert.NotEmpty(json.GetProperty("refreshToken").GetString()!);
        }
    }

    [Theory]
    [MemberData(nameof(TokenRoutes))]
    public async Task A_token_is_generated_for_id_name_and_password_of_one_account(string route)
    {
        var user = await system.NewUserAsync();

        using var answer = await system.Auth.SendAsync(HttpMethod.Post, route, body: new { user.UserId, user.Username, user.Password });
        Assert.Equal(["accessToken", "expiresIn", "tokenType"], (await answer.JsonAsync()).EnumerateObject().Select(member => member.Name));

        var other = await system.NewUserAsync();
        using var mixed = await system.Auth.SendAsync(HttpMethod.Post, route, body: new { other.UserId, user.Username, user.Password });
        await mixed.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_user_are_answered_alike()
    {
        var user = await system.NewUserAsync();
        object[] attempts =
        [
            new { username = user.Username, password = user.Password + "x" },
            new { username = "nobody-of-that-name", password = user.Password },
            new { username = "nobody@example.com", password = user.Password },
            new { username = "nobody\0", password = user.Password },
        ];

        var bodies = new List<string>();
        foreach (var attempt in attempts)
        {
            using var answer = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: attempt);
            var problem = await answer.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
            bodies.Add(problem.ToString().Replace(problem.GetProperty("traceId").GetString()!, "", StringComparison.Ordinal));
        }

        Assert.Single(bodies.Distinct());
    }

    [Theory]
    [InlineData("login", "username")]
    [InlineData("login", "password")]
    [InlineData("generateToken", "userId")]
    [InlineData("generateToken", "username")]
    [InlineData("generateToken", "password")]
    public async Task A_member_that_is_missing_is_named(string route, string member)
    {
        var body = new Dictionary<string, object> { ["userId"] = 1000, ["username"] = "ada", ["password"] = "correct horse" };
        body.Remove(member);

        using var answer = await system.Auth.SendAsync(HttpMethod.Post, $"/api/v1/airliner/{route}", body: body);

        await answer.InvalidAsync(member);
    }

    [Theory]
    [InlineData("username", 255)]
    [InlineData("password", 129)]
    public async Task A_member_that_is_too_long_is_refused_before_it_is_looked_at(string member, int length)
    {
        var body = new Dictionary<string, object> { ["username"] = "ada", ["password"] = "correct horse", [member] = new string('a', length) };

        using var answer = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: body);

        await answer.InvalidAsync(member);
    }
}
