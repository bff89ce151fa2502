using System.Net;
using System.Text.Json;
using Airliner.Contracts.Events;
using Airliner.Contracts.Users;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Users.Tests.Erasure;

/// <summary>What a deletion does at once. What follows from its event is the other services'.</summary>
public sealed class DeletingUsersTests(RunningSystem system)
{
    [Theory]
    [InlineData("/api/v1/airliner/users")]
    [InlineData("/api/v1/airliner/deleteUser")]
    [InlineData("/api/v1/eventstreammonitor/users")]
    [InlineData("/api/v1/eventstreammonitor/deleteUser")]
    public async Task A_deleted_user_is_gone_for_all_but_administrators(string path)
    {
        var (user, other) = (await system.NewUserAsync(), await system.NewUserAsync());

        await DeleteAsync(user, user.AccessToken, path);

        await NotFoundAsync(user, other.AccessToken);
        await NotFoundAsync(user, await system.ServiceTokenAsync());
        using var answer = await system.Users.SendAsync(HttpMethod.Get, Path(user), await system.AdminTokenAsync());
        Assert.Equal($$$"""{"user":{"userId":{{{user.UserId}}},"status":"deleted"}}""", (await answer.JsonAsync()).GetRawText());
    }

    [Fact]
    public async Task The_name_and_the_address_are_free_at_once()
    {
        var user = await system.NewUserAsync();
        await DeleteAsync(user, await system.AdminTokenAsync());

        var body = new { username = user.Username.ToUpperInvariant(), email = user.Email, password = $"pw-{Guid.NewGuid():n}", firstName = "Ada", lastName = "Byron", dateOfBirth = "1985-12-10" };
        using var registered = await system.Users.SendAsync(HttpMethod.Post, "/api/v1/airliner/registerUser", body: body);

        Assert.NotEqual(user.UserId, (await registered.JsonAsync(HttpStatusCode.Created)).GetProperty("user").GetProperty("userId").GetInt64());
        await system.LogInAsync(user.Email, body.password);
    }

    [Fact]
    public async Task Neither_password_nor_token_is_good_any_more()
    {
        var user = await system.NewUserAsync();
        await DeleteAsync(user, user.AccessToken);

        using var login = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: new { username = user.Username, password = user.Password });
        await login.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        using var byId = await system.Auth.SendAsync(
            HttpMethod.Post, "/api/v1/airliner/generateToken", body: new { userId = user.UserId, username = user.Username, password = user.Password });
        await byId.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        await system.Users.EventuallyAsync(HttpMethod.Get, Path(user), HttpStatusCode.Unauthorized, user.AccessToken);
    }

    [Fact]
    public async Task Nothing_of_a_deleted_user_can_be_changed()
    {
        var user = await system.NewUserAsync();
        var admin = await system.AdminTokenAsync();
        await DeleteAsync(user, admin);

        foreach (var (method, path, body) in new (HttpMethod, string, object)[]
        {
            (HttpMethod.Delete, "", new { }),
            (HttpMethod.Patch, "", new { firstName = "Grace" }),
            (HttpMethod.Put, "/roles", new { roles = new[] { "operator" } }),
            (HttpMethod.Put, "/status", new { status = "active" }),
            (HttpMethod.Put, "/password", new { newPassword = $"pw-{Guid.NewGuid():n}" }),
        })
        {
            using var answer = await system.Users.SendAsync(method, Path(user) + path, admin, body);
            await answer.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        }
    }

    [Fact]
    public async Task A_list_has_deleted_users_only_where_it_is_asked_for_them()
    {
        var user = await system.NewUserAsync();
        var admin = await system.AdminTokenAsync();
        await DeleteAsync(user, admin);

        Assert.DoesNotContain(await ListAsync(admin, "?limit=200"), one => IdOf(one) == user.UserId);
        var deleted = Assert.Single(await ListAsync(admin, "?status=deleted&limit=200"), one => IdOf(one) == user.UserId);
        Assert.Equal($$"""{"userId":{{user.UserId}},"status":"deleted"}""", deleted.GetRawText());
    }

    [Fact]
    public async Task A_repeat_of_the_command_is_the_same_deletion_and_told_of_once()
    {
        var user = await system.NewUserAsync();
        var access = system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IUserAccessGrain>(0);
        var command = new DeleteUser($"{Guid.NewGuid():n}");

        Assert.Equal(UserChangeOutcome.Changed, (await access.Delete(user.UserId, command)).Outcome);
        Assert.Equal(UserChangeOutcome.Changed, (await access.Delete(user.UserId, command)).Outcome);
        Assert.Equal(UserChangeOutcome.NotFound, (await access.Delete(user.UserId, new DeleteUser($"{Guid.NewGuid():n}"))).Outcome);

        var events = await system.ReadTopicAsync(Topics.UserRegistration, read => read.Any(one => Is(one, user)));
        var told = Assert.Single(events.Where(one => Is(one, user)).DistinctBy(one => one.Headers["ce_id"]));
        Assert.Equal(["eventType", "userId", "timestamp"], told.Value.EnumerateObject().Select(member => member.Name));
    }

    private static bool Is(ReceivedEvent received, Account user) => received.Key == $"{user.UserId}" && received.Headers["ce_type"] == "user_deleted";

    private static string Path(Account user) => $"/api/v1/airliner/users/{user.UserId}";

    private static long IdOf(JsonElement user) => user.GetProperty("userId").GetInt64();

    private async Task DeleteAsync(Account user, string token, string path = "/api/v1/airliner/users")
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Delete, $"{path}/{user.UserId}", token);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private async Task NotFoundAsync(Account user, string token)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Get, Path(user), token);
        await answer.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    private async Task<JsonElement[]> ListAsync(string token, string query)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/users{query}", token);
        return [.. (await answer.JsonAsync()).GetProperty("users").EnumerateArray()];
    }
}
