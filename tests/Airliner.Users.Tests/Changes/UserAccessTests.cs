using System.Net;
using System.Text.Json.Nodes;
using Airliner.Contracts.Events;
using Airliner.Testing;
using Airliner.Users.Grains;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Users.Tests.Changes;

/// <summary>Roles and status. No other class makes administrators, so that here the system's first one is the last one as well.</summary>
public sealed class UserAccessTests(RunningSystem system)
{
    [Fact]
    public async Task Roles_are_those_that_are_named_and_that_of_everybody()
    {
        var user = await system.NewUserAsync();
        var admin = await system.AdminTokenAsync();

        Assert.Equal(["user", "operator", "admin"], await SetRolesAsync(user, admin, "admin", "operator"));
        var token = await system.LogInAsync(user.Username, user.Password);
        using var list = await system.Users.SendAsync(HttpMethod.Get, "/api/v1/airliner/users?limit=1", token);
        await list.JsonAsync();
        Assert.Equal(["user"], await SetRolesAsync(user, admin));
    }

    [Theory]
    [InlineData("""{"roles": ["service"]}""")]
    [InlineData("""{"roles": ["root"]}""")]
    [InlineData("""{"roles": [null]}""")]
    [InlineData("""{"roles": null}""")]
    [InlineData("{}")]
    public async Task Roles_that_no_user_can_have_are_refused(string body)
    {
        var user = await system.NewUserAsync();

        using var answer = await system.Users.SendAsync(HttpMethod.Put, $"{Path(user)}/roles", await system.AdminTokenAsync(), JsonNode.Parse(body));

        await answer.InvalidAsync("roles");
    }

    [Theory]
    [InlineData("""{"status": "deleted"}""")]
    [InlineData("""{"status": "Active"}""")]
    [InlineData("""{"status": null}""")]
    [InlineData("{}")]
    public async Task A_status_that_cannot_be_given_is_refused(string body)
    {
        var user = await system.NewUserAsync();

        using var answer = await system.Users.SendAsync(HttpMethod.Put, $"{Path(user)}/status", await system.AdminTokenAsync(), JsonNode.Parse(body));

        await answer.InvalidAsync("status");
    }

    [Fact]
    public async Task A_disabled_user_cannot_log_in_until_enabled_and_both_are_told()
    {
        var user = await system.NewUserAsync();
        var admin = await system.AdminTokenAsync();

        Assert.Equal("disabled", await SetStatusAsync(user, admin, "disabled"));
        Assert.Equal("disabled", await SetStatusAsync(user, admin, "disabled"));
        using var refused = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: new { username = user.Username, password = user.Password });
        await refused.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        Assert.Equal("active", await SetStatusAsync(user, admin, "active"));
        await system.LogInAsync(user.Username, user.Password);

        var events = await system.ReadTopicAsync(Topics.UserRegistration, read => read.Any(e => Is(e, user, "user_enabled")));
        Assert.Single(events.Where(e => Is(e, user, "user_disabled")).DistinctBy(e => e.Headers["ce_id"]));
        Assert.Single(events.Where(e => Is(e, user, "user_enabled")).DistinctBy(e => e.Headers["ce_id"]));
    }

    [Fact]
    public async Task The_last_active_administrator_stays_one()
    {
        var admin = await system.AdminTokenAsync();
        var adminId = await system.Silo.GetRequiredService<IUserIndex>().FindAsync(system.AdminUsername);
        var other = await system.NewUserAsync();
        await SetRolesAsync(other, admin, "admin");
        await SetStatusAsync(other, admin, "disabled");

        using var demoted = await system.Users.SendAsync(HttpMethod.Put, $"/api/v1/airliner/users/{adminId}/roles", admin, new { roles = new[] { "user" } });
        await demoted.ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
        using var disabled = await system.Users.SendAsync(HttpMethod.Put, $"/api/v1/airliner/users/{adminId}/status", admin, new { status = "disabled" });
        await disabled.ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");

        using var deleted = await system.Users.SendAsync(HttpMethod.Delete, $"/api/v1/airliner/users/{adminId}", admin);
        await deleted.ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");

        using var read = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/users/{adminId}", await system.AdminTokenAsync());
        var user = (await read.JsonAsync()).GetProperty("user");
        Assert.Equal(("active", 2), (user.GetProperty("status").GetString(), user.GetProperty("roles").GetArrayLength()));
        await SetRolesAsync(other, admin);
    }

    [Theory]
    [InlineData("roles")]
    [InlineData("status")]
    [InlineData("password")]
    public async Task A_user_that_is_not_there_is_not_found(string what)
    {
        using var answer = await system.Users.SendAsync(
            HttpMethod.Put, $"/api/v1/airliner/users/1/{what}", await system.AdminTokenAsync(), new { roles = Array.Empty<string>(), status = "active", newPassword = "correct horse" });

        await answer.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    private static string Path(Account user) => $"/api/v1/airliner/users/{user.UserId}";

    private static bool Is(ReceivedEvent received, Account user, string type) => received.Key == $"{user.UserId}" && received.Headers["ce_type"] == type;

    private async Task<IEnumerable<string?>> SetRolesAsync(Account user, string token, params string[] roles)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Put, $"{Path(user)}/roles", token, new { roles });
        return (await answer.JsonAsync()).GetProperty("user").GetProperty("roles").EnumerateArray().Select(role => role.GetString());
    }

    private async Task<string?> SetStatusAsync(Account user, string token, string status)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Put, $"{Path(user)}/status", token, new { status });
        return (await answer.JsonAsync()).GetProperty("user").GetProperty("status").GetString();
    }
}
