using System.Net;
using System.Text.Json;
using Airliner.Testing;
using MimeKit;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>Preferences and the links that end mails, from outside.</summary>
public sealed class PreferencesTests(RunningSystem system)
{
    private const string Unset =
        """{"channels":{"security":["email","inapp"],"account":["email"],"tasks":["inapp"]},"locale":"en","timeZone":"UTC","quietHours":null,"digest":null,"phone":null}""";

    private const string Given =
        """
        {"channels":{"security":["email","inapp"],"account":[],"tasks":["email","sms"]},"locale":"zh-Hant-TW","timeZone":"Europe/Oslo",
         "quietHours":{"start":"22:00","end":"07:00"},"digest":{"account":null,"tasks":60},"phone":"+4712345678"}
        """;

    private const string Unsubscribe = "/api/v1/airliner/unsubscribe";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_has_said_nothing_has_the_defaults_of_the_contract()
    {
        var user = await system.NewUserAsync();

        AssertSame(Unset, await GetAsync(user));
    }

    [Fact]
    public async Task What_is_put_is_got_whole_and_replaces_all_that_was()
    {
        var user = await system.NewUserAsync();

        AssertSame(Given, await PutAsync(user, JsonElement.Parse(Given)));
        AssertSame(Given, await PutAsync(user, await GetAsync(user)));
        AssertSame(Given, await GetAsync(user));
        AssertSame(Unset, await PutAsync(user, new { locale = (string?)null, unknown = 1 }));
        AssertSame(Unset, await GetAsync(user));
    }

    [Fact]
    public async Task A_language_tag_is_kept_as_tags_are_written_and_a_channel_once()
    {
        var user = await system.NewUserAsync();

        var put = await PutAsync(user, new { locale = "ZH-hant-tw", channels = new { tasks = new[] { "inapp", "inapp", "email" } } });

        Assert.Equal("zh-Hant-TW", put.GetProperty("locale").GetString());
        Assert.Equal(["inapp", "email"], put.GetProperty("channels").GetProperty("tasks").EnumerateArray().Select(channel => channel.GetString()));
    }

    [Fact]
    public async Task Text_messages_need_a_number()
    {
        var user = await system.NewUserAsync();
        using var answer = await system.Notifications.SendAsync(
            HttpMethod.Put, PathOf(user), user.AccessToken, new { channels = new { tasks = new[] { "sms" } } });

        Assert.Equal("is required where notifications go by sms.", (await answer.JsonAsync(HttpStatusCode.BadRequest)).GetProperty("errors").GetProperty("phone")[0].GetString());
    }

    [Fact]
    public async Task Switching_security_off_is_refused_with_the_reason()
    {
        var user = await system.NewUserAsync();
        using var answer = await system.Notifications.SendAsync(
            HttpMethod.Put, PathOf(user), user.AccessToken, new { channels = new { security = Array.Empty<string>() } });

        Assert.Contains("cannot be switched off", (await answer.JsonAsync(HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        AssertSame(Unset, await GetAsync(user));
    }

    [Fact]
    public async Task They_are_in_their_user_s_export()
    {
        var user = await system.NewUserAsync();
        await PutAsync(user, JsonElement.Parse(Given));

        using var export = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/users/{user.UserId}/export", user.AccessToken);

        Assert.Contains("\"zh-Hant-TW\"", await export.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_the_link_of_a_mail_changes_nothing_and_posting_to_it_ends_such_mails()
    {
        var user = await system.NewUserAsync();
        await system.MailAsync(user.Email, "Welcome to Airliner, Ada");
        var mail = (await system.MailsAsync(user.Email)).Single(one => one.Subject == "Welcome to Airliner, Ada");
        var link = new Uri(mail.Headers[HeaderId.ListUnsubscribe]!.Trim('<', '>', ' '));
        Assert.Equal(Unsubscribe, link.AbsolutePath);

        using var page = await system.Notifications.SendAsync(HttpMethod.Get, link.PathAndQuery);
        var html = await page.Content.ReadAsStringAsync(Cancel);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.StartsWith("default-src 'none';", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("<form method=\"post\">", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        AssertSame(Unset, await GetAsync(user));

        // As a mail program does.
        using var form = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        using var answer = await system.Notifications.Http.PostAsync(new Uri(link.PathAndQuery, UriKind.Relative), form, Cancel);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        AssertSame(Unset.Replace("\"account\":[\"email\"]", "\"account\":[]", StringComparison.Ordinal), await GetAsync(user));
    }

    private static string PathOf(Account user) => $"/api/v1/airliner/users/{user.UserId}/preferences";

    private static void AssertSame(string expected, JsonElement actual) => Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), actual.ToString());

    private async Task<JsonElement> GetAsync(Account user)
    {
        using var answer = await system.Notifications.SendAsync(HttpMethod.Get, PathOf(user), user.AccessToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.JsonAsync()).GetProperty("preferences");
    }

    private async Task<JsonElement> PutAsync(Account user, object body)
    {
        using var answer = await system.Notifications.SendAsync(HttpMethod.Put, PathOf(user), user.AccessToken, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        return (await answer.JsonAsync()).GetProperty("preferences");
    }
}
