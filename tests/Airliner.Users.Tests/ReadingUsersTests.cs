using System.Net;
using Airliner.Testing;
using Xunit;

namespace Airliner.Users.Tests;

/// <summary>Who may read a user, and what they are told.</summary>
public sealed class ReadingUsersTests(RunningSystem system)
{
    public static TheoryData<string> Routes { get; } =
    [
        "/api/v1/airliner/users/{0}", "/api/v1/airliner/getUser/{0}", "/api/v1/eventstreammonitor/users/{0}", "/api/v1/eventstreammonitor/getUser/{0}",
    ];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Self_administrators_and_machine_clients_read_a_user_and_others_find_nobody(string route)
    {
        var user = await system.NewUserAsync();
        var path = string.Format(route, user.UserId);

        foreach (var token in new[] { user.AccessToken, await system.AdminTokenAsync(), await system.ServiceTokenAsync() })
        {
            using var answer = await system.Users.SendAsync(HttpMethod.Get, path, token);
            Assert.Equal(user.Username, (await answer.JsonAsync()).GetProperty("user").GetProperty("username").GetString());
        }

        using var others = await system.Users.SendAsync(HttpMethod.Get, path, (await system.NewUserAsync()).AccessToken);
        await others.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task Without_a_token_the_answer_names_the_scheme_it_wants()
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Get, "/api/v1/airliner/users/1000");

        await answer.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public async Task A_token_that_is_none_is_refused(string token)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Get, "/api/v1/airliner/users/1000", token);

        await answer.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        Assert.Contains("invalid_token", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-5")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("ada")]
    public async Task An_id_that_nobody_has_is_not_found(string id)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/users/{id}", await system.AdminTokenAsync());

        await answer.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task A_token_in_the_query_is_no_token()
    {
        var user = await system.NewUserAsync();

        using var answer = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/users/{user.UserId}?access_token={user.AccessToken}");

        await answer.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }
}
