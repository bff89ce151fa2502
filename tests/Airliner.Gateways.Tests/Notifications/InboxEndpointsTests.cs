using System.Net;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests.Notifications;

/// <summary>The inbox over REST and as a live stream.</summary>
public sealed class InboxEndpointsTests(RunningSystem system)
{
    private const string Notifications = "/api/v1/airliner/notifications";

    [Fact]
    public async Task An_entry_is_counted_until_it_is_read_and_stays_read()
    {
        var user = await system.NewUserAsync();
        var id = await PostedAsync(user);
        Assert.Equal(1, await UnreadAsync(user.AccessToken));
        Assert.Equal([id], await ListAsync(user.AccessToken, "?unread=true"));

        var first = (await ReadAsync(user.AccessToken, id)).GetProperty("notification").GetProperty("readAt").GetString();
        var second = (await ReadAsync(user.AccessToken, id)).GetProperty("notification").GetProperty("readAt").GetString();

        Assert.NotNull(first);
        Assert.Equal(first, second);
        Assert.Equal(0, await UnreadAsync(user.AccessToken));
        Assert.Empty(await ListAsync(user.AccessToken, "?unread=true"));
        Assert.Equal([id], await ListAsync(user.AccessToken, "?unread=false&channel=inapp"));
    }

    [Fact]
    public async Task Another_s_entry_is_not_there_administrators_and_operators_may_not_mark_it_and_a_machine_has_no_inbox()
    {
        var user = await system.NewUserAsync();
        var id = await PostedAsync(user);
        var tokens = await CallerTokens.OfEachKindAsync(system, await system.NewUserAsync());
        await (await system.Notifications.SendAsync(HttpMethod.Put, $"{Notifications}/{id}/read", tokens[(int)CallerKind.User])).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        foreach (var token in new[] { tokens[(int)CallerKind.Operator], tokens[(int)CallerKind.Admin] })
            await (await system.Notifications.SendAsync(HttpMethod.Put, $"{Notifications}/{id}/read", token)).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");

        var machine = tokens[(int)CallerKind.Service];
        await (await system.Notifications.SendAsync(HttpMethod.Put, $"{Notifications}/{id}/read", machine)).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        await (await system.Notifications.SendAsync(HttpMethod.Get, $"{Notifications}/unread", machine)).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        await (await system.Notifications.SendAsync(HttpMethod.Get, $"{Notifications}/stream", machine)).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        Assert.Equal(1, await UnreadAsync(user.AccessToken));
    }

    [Fact]
    public async Task A_mail_is_not_read()
    {
        var user = await system.NewUserAsync();
        var id = (await Eventually.Get(() => ListAsync(user.AccessToken, "?channel=email"), found => found.Length > 0, "a notification is listed"))[0];

        var problem = await (await system.Notifications.SendAsync(HttpMethod.Put, $"{Notifications}/{id}/read", user.AccessToken)).ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");

        Assert.Contains("email", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await (await system.Notifications.SendAsync(HttpMethod.Get, $"{Notifications}?unread=true&channel=email", user.AccessToken)).InvalidAsync("unread");
        await (await system.Notifications.SendAsync(HttpMethod.Get, $"{Notifications}?unread=yes", user.AccessToken)).InvalidAsync("unread");
    }

    [Fact]
    public async Task Every_device_sees_what_comes_and_what_is_read()
    {
        var user = await system.NewUserAsync();
        await using var phone = await InboxStream.OpenAsync(system, user.AccessToken);
        await using var laptop = await InboxStream.OpenAsync(system, user.AccessToken);
        Assert.Equal(("unread", 0), Count(await phone.NextAsync()));
        Assert.Equal(("unread", 0), Count(await laptop.NextAsync()));

        await CreateTaskAsync(user);
        var seen = (await phone.NextAsync("notification")).Data;
        Assert.Equal((user.UserId, "task_created", "inapp"), (seen.GetProperty("userId").GetInt64(), seen.GetProperty("eventType").GetString(), seen.GetProperty("channel").GetString()));
        var id = seen.GetProperty("notificationId").GetString()!;
        await ReadAsync(user.AccessToken, id);

        var read = (await laptop.NextAsync("read")).Data;
        Assert.Equal((id, JsonValueKind.String), (read.GetProperty("notificationId").GetString(), read.GetProperty("readAt").ValueKind));
        Assert.Equal(id, (await phone.NextAsync("read")).Data.GetProperty("notificationId").GetString());
    }

    [Fact]
    public async Task A_stream_goes_on_where_it_broke_and_misses_nothing()
    {
        var user = await system.NewUserAsync();
        string? last;
        await using (var stream = await InboxStream.OpenAsync(system, user.AccessToken))
        {
            await stream.NextAsync();
            await CreateTaskAsync(user);
            last = (await stream.NextAsync("notification")).EventId;
        }

        var missed = new List<string>();
        for (var i = 0; i < 3; i++)
            await CreateTaskAsync(user);
        await Eventually.Get(() => UnreadAsync(user.AccessToken), count => count == 4, "four are unread");
        await using var resumed = await InboxStream.OpenAsync(system, user.AccessToken, last);
        Assert.Equal("unread", (await resumed.NextAsync())!.Value.EventType);
        while (missed.Count < 3)
            missed.Add((await resumed.NextAsync("notification")).Data.GetProperty("notificationId").GetString()!);

        Assert.Equal((await ListAsync(user.AccessToken, "?channel=inapp"))[..3].Order(), missed.Order());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("7")]
    [InlineData("-7-1")]
    [InlineData("1-18446744073709551616")]
    public async Task A_last_event_id_that_was_never_sent_is_refused_by_its_name(string lastEventId)
    {
        using var refused = await InboxStream.AskAsync(system, (await system.NewUserAsync()).AccessToken, lastEventId);
        await refused.InvalidAsync("Last-Event-ID");
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_is_revoked()
    {
        var user = await system.NewUserAsync();
        await using var stream = await InboxStream.OpenAsync(system, user.AccessToken);
        await stream.NextAsync();

        using var loggedOut = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/logout", user.AccessToken);

        Assert.Equal(HttpStatusCode.NoContent, loggedOut.StatusCode);
        Assert.Null(await stream.NextAsync());
    }

    private static (string Type, int Count) Count(System.Net.ServerSentEvents.SseItem<JsonElement>? item) => (item!.Value.EventType, item.Value.Data.GetProperty("count").GetInt32());

    private async Task<string> PostedAsync(Account user)
    {
        await CreateTaskAsync(user);
        return (await Eventually.Get(() => ListAsync(user.AccessToken, "?channel=inapp"), found => found.Length > 0, "a notification is listed"))[0];
    }

    /// <summary>A task that only waits makes one entry.</summary>
    private async Task CreateTaskAsync(Account user)
    {
        using var answer = await system.Tasks.SendAsync(
            HttpMethod.Post, "/api/v1/eventstreammonitor/tasks", user.AccessToken, new { runAt = TimeProvider.System.GetUtcNow().AddHours(1) });
        await answer.JsonAsync(HttpStatusCode.Created);
    }

    private async Task<JsonElement> ReadAsync(string token, string id) => await (await system.Notifications.SendAsync(HttpMethod.Put, $"{Notifications}/{id}/read", token)).JsonAsync();

    private async Task<long> UnreadAsync(string token) =>
        (await (await system.Notifications.SendAsync(HttpMethod.Get, $"{Notifications}/unread", token)).JsonAsync()).GetProperty("unread").GetProperty("count").GetInt64();

    private async Task<string[]> ListAsync(string token, string query)
    {
        var answer = await (await system.Notifications.SendAsync(HttpMethod.Get, Notifications + query, token)).JsonAsync();
        return [.. answer.GetProperty("notifications").EnumerateArray().Select(one => one.GetProperty("notificationId").GetString()!)];
    }
}
