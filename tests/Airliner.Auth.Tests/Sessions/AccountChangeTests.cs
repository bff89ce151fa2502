using System.Net;
using System.Text.Json;
using Airliner.Auth.Tests.Guard;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Users;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Auth.Tests.Sessions;

/// <summary>Logins and refreshes that meet a change of their account, on the whole system.</summary>
public sealed class AccountChangeTests(RunningSystem system)
{
    private IGrainFactory Grains => system.Silo.GetRequiredService<IGrainFactory>();

    [Theory]
    [InlineData("password", """{"newPassword": "quite-another-horse"}""")]
    [InlineData("roles", """{"roles": []}""")]
    [InlineData("status", """{"status": "disabled"}""")]
    public async Task Credentials_that_were_checked_before_a_change_open_no_session_after_it(string what, string change)
    {
        var user = await system.NewUserAsync();
        await ChangeAsync(user, "roles", """{"roles": ["operator"]}""");
        var check = await Grains.GetGrain<ICredentialsGrain>(0).Validate(new CredentialQuery(null, user.Username, user.Password, Attempts.NewAddress()));
        var opening = new OpenSession(check.Username, check.Roles!, "127.0.0.1", "test", WithRefresh: true, check.UserAsOf);
        Assert.NotNull(await Sessions(user).Open(opening));

        await ChangeAsync(user, what, change);

        Assert.Null(await Sessions(user).Open(opening));
        Assert.Empty(await Sessions(user).List());
    }

    [Fact]
    public async Task Logins_and_a_change_of_the_password_at_once_leave_no_session_of_the_old_one()
    {
        for (var round = 0; round < 5; round++)
        {
            var user = await system.NewUserAsync();
            var admin = await system.AdminTokenAsync();

            var logins = Enumerable.Range(0, 12).Select(_ => LogInAsync(user, user.Password)).ToArray();
            using (var changed = await system.Users.SendAsync(HttpMethod.Put, Path(user, "password"), admin, new { newPassword = "quite-another-horse" }))
                Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);

            var opened = (await Task.WhenAll(logins)).OfType<(string Access, string Refresh)>().ToArray();
            var current = await LogInAsync(user, "quite-another-horse");
            Assert.Equal((string)Jwt.Payload(current!.Value.Access)["sid"]!, Assert.Single(await Sessions(user).List()).SessionId);
            foreach (var (access, refresh) in opened)
            {
                using var refused = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/refreshToken", body: new { refreshToken = refresh });
                await refused.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
                await system.Users.EventuallyAsync(HttpMethod.Get, Path(user), HttpStatusCode.Unauthorized, access);
            }
        }
    }

    [Fact]
    public async Task Who_is_disabled_again_has_no_session_left_that_the_first_time_did_not_end()
    {
        var user = await system.NewUserAsync();
        // Disabled by a command whose end of the sessions failed.
        await Grains.GetGrain<IUserGrain>(user.UserId).SetStatus(new SetUserStatus($"{Guid.NewGuid():n}", UserStatus.Disabled));
        Assert.NotEmpty(await Sessions(user).List());

        await ChangeAsync(user, "status", """{"status": "disabled"}""");

        Assert.Empty(await Sessions(user).List());
    }

    [Fact]
    public async Task A_role_that_is_taken_ends_the_sessions()
    {
        var user = await system.NewUserAsync();
        await ChangeAsync(user, "roles", """{"roles": ["operator"]}""");
        var session = await LogInAsync(user, user.Password);

        await ChangeAsync(user, "roles", """{"roles": ["user"]}""");

        Assert.Empty(await Sessions(user).List());
        await system.Users.EventuallyAsync(HttpMethod.Get, Path(user), HttpStatusCode.Unauthorized, session!.Value.Access);
    }

    [Fact]
    public async Task A_role_that_is_added_leaves_the_sessions_and_comes_with_the_next_refresh()
    {
        var user = await system.NewUserAsync();
        var session = await LogInAsync(user, user.Password);

        await ChangeAsync(user, "roles", """{"roles": ["operator"]}""");

        Assert.Equal(2, (await Sessions(user).List()).Count);
        using var own = await system.Users.SendAsync(HttpMethod.Get, Path(user), session!.Value.Access);
        await own.JsonAsync();
        using var refreshed = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/refreshToken", body: new { refreshToken = session.Value.Refresh });
        var token = (await refreshed.JsonAsync()).GetProperty("accessToken").GetString()!;
        Assert.Equal("[\"user\",\"operator\"]", Jwt.Payload(token)["roles"]!.ToJsonString());
    }

    private static string Path(Account user, string? what = null) => $"/api/v1/airliner/users/{user.UserId}" + (what is null ? "" : $"/{what}");

    private IUserSessionsGrain Sessions(Account user) => Grains.GetGrain<IUserSessionsGrain>(user.UserId);

    private async Task ChangeAsync(Account user, string what, string body)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Put, Path(user, what), await system.AdminTokenAsync(), JsonSerializer.Deserialize<JsonElement>(body));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The tokens of a login from an address of its own, null where it is refused.</summary>
    private async Task<(string Access, string Refresh)?> LogInAsync(Account user, string password)
    {
        using var answer = await system.Auth.PostAsync("/api/v1/airliner/login", Attempts.NewAddress(), new { user.Username, password });
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            return null;
        var json = await answer.JsonAsync();
        return (json.GetProperty("accessToken").GetString()!, json.GetProperty("refreshToken").GetString()!);
    }
}
