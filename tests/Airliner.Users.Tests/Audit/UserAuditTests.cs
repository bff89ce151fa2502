using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Airliner.Testing;
using Airliner.Users.Grains;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Users.Tests.Audit;

/// <summary>The audit log of User Management: who did what to whom, and from where.</summary>
public sealed class UserAuditTests(RunningSystem system)
{
    [Fact]
    public async Task What_is_done_to_a_user_is_in_the_log_with_who_did_it()
    {
        var user = await system.NewUserAsync();
        var admin = await system.AdminTokenAsync();
        var adminId = await system.Silo.GetRequiredService<IUserIndex>().FindAsync(system.AdminUsername);

        await SucceedAsync(HttpMethod.Patch, $"/users/{user.UserId}", user.AccessToken, new { firstName = "Augusta", lastName = "King" });
        await SucceedAsync(HttpMethod.Put, $"/users/{user.UserId}/password", user.AccessToken, new { oldPassword = user.Password, newPassword = "analytical engine 1837" });
        await SucceedAsync(HttpMethod.Put, $"/users/{user.UserId}/roles", admin, new { roles = new[] { "operator" } });
        await SucceedAsync(HttpMethod.Put, $"/users/{user.UserId}/status", admin, new { status = "disabled" });
        await SucceedAsync(HttpMethod.Put, $"/users/{user.UserId}/status", admin, new { status = "active" });

        var entries = await system.AuditOfAsync(system.Users, user.UserId);
        Assert.Equal(
            [
                ("user_registered", "anonymous"), ("user_email_verification_requested", "anonymous"), ("user_updated", $"user {user.UserId}"), ("user_password_changed", $"user {user.UserId}"),
                ("user_updated", $"user {adminId}"), ("user_disabled", $"user {adminId}"), ("user_enabled", $"user {adminId}"),
            ],
            entries.Select(entry => (entry.Action(), entry.Actor())));
        Assert.Equal("""{"changed":["firstName","lastName"]}""", entries[2].GetProperty("details").GetRawText());
        Assert.Equal("""{"changed":["roles"],"roles":["user","operator"]}""", entries[4].GetProperty("details").GetRawText());
        Assert.All(entries, entry => Assert.Equal(user.UserId, entry.GetProperty("userId").GetInt64()));
        Assert.All(entries, entry => Assert.DoesNotContain("Augusta", entry.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_entry_has_the_address_and_the_agent_of_the_request()
    {
        var user = await system.NewUserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/airliner/users/{user.UserId}") { Content = JsonContent.Create(new { firstName = "Augusta" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", user.AccessToken);
        request.Headers.Add("X-Forwarded-For", "198.51.100.23");
        request.Headers.UserAgent.ParseAdd("difference-engine/2");

        using var answer = await system.Users.Http.SendAsync(request, TestContext.Current.CancellationToken);
        await answer.JsonAsync();

        var entry = (await system.AuditOfAsync(system.Users, user.UserId))[^1];
        Assert.Equal(("198.51.100.23", "difference-engine/2"), (entry.GetProperty("sourceAddress").GetString(), entry.GetProperty("userAgent").GetString()));
    }

    [Fact]
    public async Task What_is_refused_or_changes_nothing_is_not_in_the_log()
    {
        var other = await system.NewUserAsync();
        var user = await system.NewUserAsync();
        var admin = await system.AdminTokenAsync();

        using var taken = await system.Users.SendAsync(HttpMethod.Patch, $"/api/v1/airliner/users/{user.UserId}", admin, new { email = other.Email });
        await taken.ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
        await SucceedAsync(HttpMethod.Patch, $"/users/{user.UserId}", user.AccessToken, new { firstName = "Ada" });

        Assert.Equal(["user_registered", "user_email_verification_requested"], (await system.AuditOfAsync(system.Users, user.UserId)).Select(entry => entry.Action()));
    }

    [Fact]
    public async Task Who_made_the_first_administrator_is_the_system()
    {
        var adminId = await system.Silo.GetRequiredService<IUserIndex>().FindAsync(system.AdminUsername);

        var made = (await system.AuditOfAsync(system.Users, adminId!.Value)).Single(entry => entry.Action() == "user_registered");

        Assert.Equal("system", made.Actor());
    }

    [Fact]
    public async Task Pages_are_newest_first_and_lead_on()
    {
        var user = await system.NewUserAsync();
        foreach (var name in new[] { "Augusta", "Ada", "Augusta" })
            await SucceedAsync(HttpMethod.Patch, $"/users/{user.UserId}", user.AccessToken, new { firstName = name });
        var admin = await system.AdminTokenAsync();

        using var first = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/audit?userId={user.UserId}&limit=3", admin);
        var page = await first.JsonAsync();
        using var second = await system.Users.SendAsync(
            HttpMethod.Get, $"/api/v1/airliner/audit?userId={user.UserId}&limit=3&cursor={page.GetProperty("pagination").GetProperty("nextCursor").GetString()}", admin);

        Assert.Equal(["user_updated", "user_updated", "user_updated"], page.GetProperty("audit").EnumerateArray().Select(entry => entry.Action()));
        Assert.Equal(5, page.GetProperty("pagination").GetProperty("total").GetInt32());
        Assert.Equal(
            ["user_email_verification_requested", "user_registered"],
            (await second.JsonAsync()).GetProperty("audit").EnumerateArray().Select(entry => entry.Action()));
    }

    [Theory]
    [InlineData("userId", "userId=somebody")]
    [InlineData("userId", "userId=0")]
    [InlineData("limit", "limit=201")]
    [InlineData("cursor", "cursor=next")]
    public async Task A_list_that_cannot_be_asked_for_is_told_why(string field, string query)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/audit?{query}", await system.AdminTokenAsync());

        await answer.InvalidAsync(field);
    }

    private async Task SucceedAsync(HttpMethod method, string path, string token, object body)
    {
        using var answer = await system.Users.SendAsync(method, $"/api/v1/airliner{path}", token, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
