using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using MimeKit;
using Npgsql;
using Xunit;

namespace Airliner.Notifications.Tests.Delivery;

/// <summary>What a user's preferences do to notifications.</summary>
public sealed class PreferenceTests(PostgresServer server)
{
    private static readonly (string Id, string Type, string Value) _registered = ("event-1", "user_registered", """{"userId":1001,"firstName":"Ada"}""");

    private static readonly NotificationPreferences _everything = NotificationPreferences.Default with
    {
        Channels = CategoryChannels.Default with { Account = [.. Channels.All], Tasks = [.. Channels.All] },
        Locale = "nb-NO",
        TimeZone = "Europe/Oslo",
        QuietHours = new("22:00", "07:00"),
        Digest = new(null, 60),
        Phone = "+4712345678",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_the_defaults_until_they_are_set_and_then_as_they_were_set()
    {
        await using var silo = await NotificationSilo.StartAsync(server);

        AssertSame(NotificationPreferences.Default, await silo.Recipient(1001).GetPreferences());
        await silo.Recipient(1001).SetPreferences(_everything);
        await silo.Recipient(1001).SetPreferences(_everything);

        AssertSame(_everything, await silo.Recipient(1001).GetPreferences());
        AssertSame(NotificationPreferences.Default, await silo.Recipient(1002).GetPreferences());
        var export = JsonElement.Parse(await silo.PersonalData.Export(1001));
        AssertSame(_everything, export.GetProperty("preferences").Deserialize<NotificationPreferences>(Contracts.AirlinerJson.Options)!);
        Assert.False(JsonElement.Parse(await silo.PersonalData.Export(1002)).TryGetProperty("preferences", out _));
    }

    [Fact]
    public async Task An_event_makes_notifications_by_the_channels_that_its_user_wants_and_no_others()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        await silo.Recipient(1001).SetPreferences(new() { Channels = CategoryChannels.Default with { Account = [], Tasks = [Channels.Sms, Channels.Push] } });
        await silo.Recipient(1002).SetPreferences(new() { Channels = CategoryChannels.Default with { Tasks = [] } });

        await silo.TakeAsync(
            _registered,
            ("event-2", "task_completed", """{"userId":1001,"taskId":7}"""),
            ("event-3", "task_created", """{"userId":1001,"taskId":7}"""),
            ("event-4", "account_locked", """{"userId":1001}"""),
            ("event-5", "task_completed", """{"userId":1002,"taskId":8}"""),
            ("event-6", "task_completed", """{"userId":1003,"taskId":9}"""));

        var made = (await silo.Queries.List(new NotificationFilter(), new(50, null, 0))).Items;
        Assert.Equal(
            ["event-2 push", "event-2 sms", "event-4 email", "event-4 inapp", "event-6 inapp"],
            made.Select(one => $"{one.EventId} {one.Channel}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_preferences_of_a_batch_are_one_question()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        foreach (var userId in Enumerable.Range(1001, 20))
            await silo.Recipient(userId).SetPreferences(NotificationPreferences.Default);
        var database = new NpgsqlConnectionStringBuilder(silo.ConnectionString).Database;
        var asked = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                var tags = activity.TagObjects.Select(tag => tag.Value as string).ToList();
                if (tags.Contains(database))
                    asked.Enqueue(string.Join(' ', tags));
            },
        };
        ActivitySource.AddActivityListener(listener);
        // A statement has a span only within one.
        using var consumed = new Activity("consumed").Start();

        await silo.TakeAsync([.. Enumerable.Range(0, 200).Select(i => ($"event-{i}", "task_created", $$"""{"userId":{{1001 + (i % 25)}},"taskId":7}"""))]);

        Assert.Single(asked, text => text.Contains("from recipients", StringComparison.Ordinal));
        Assert.Equal(200, (await silo.Queries.List(new NotificationFilter(), new(50, null, 0))).Total);
    }

    [Fact]
    public async Task What_is_not_wanted_any_more_when_it_is_due_is_not_sent()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(server, smtp);
        silo.Users.Add(1001, "ada@example.org");
        await silo.Recipient(1001).SetPreferences(silo.QuietNow());
        await silo.TakeAsync(_registered);
        await silo.DeliveredAsync("event-1");

        await silo.Recipient(1001).SetPreferences(new() { Channels = CategoryChannels.Default with { Account = [] } });
        silo.Clock.Advance(TimeSpan.FromHours(2));

        var notification = await silo.DeliveredAsync("event-1");
        Assert.Equal((NotificationStatuses.Suppressed, 0), (notification.Status, notification.Attempts));
        Assert.Contains("account by email", notification.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(smtp.Taken);
    }

    [Fact]
    public async Task In_quiet_hours_a_mail_waits_for_their_end_without_an_attempt_or_an_error()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(server, smtp);
        silo.Users.Add(1001, "ada@example.org");
        await silo.Recipient(1001).SetPreferences(silo.QuietNow());

        await silo.TakeAsync(_registered);
        var waiting = await silo.DeliveredAsync("event-1");
        Assert.Equal((NotificationStatuses.Pending, 0, null), (waiting.Status, waiting.Attempts, waiting.ErrorMessage));
        Assert.Empty(waiting.Deliveries!);
        Assert.Empty(smtp.Taken);
        silo.Clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal((NotificationStatuses.Sent, 1), Outcome(await silo.DeliveredAsync("event-1")));
        Assert.Single(smtp.Taken);
    }

    [Fact]
    public async Task Security_goes_at_once_and_takes_nothing_from_the_others()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(
            server, smtp, ("Notifications:Throttle:Email:Permits", "1"), ("AIRLINER_PUBLIC_URL", "https://airliner.example"));
        silo.Users.Add(1001, "ada@example.org");
        await silo.Recipient(1001).SetPreferences(new() { Digest = new(60, 60), Channels = CategoryChannels.Default with { Account = [], Tasks = [] } });

        await silo.TakeAsync([.. Enumerable.Range(1, 3).Select(i => ($"event-{i}", "account_locked", """{"userId":1001}"""))]);
        foreach (var i in Enumerable.Range(1, 3))
            Assert.Equal((NotificationStatuses.Sent, 1), Outcome(await silo.DeliveredAsync($"event-{i}")));
        await silo.Recipient(1001).SetPreferences(silo.QuietNow());
        await silo.TakeAsync(("event-4", "user_password_changed", """{"userId":1001}"""));
        Assert.Equal((NotificationStatuses.Sent, 1), Outcome(await silo.DeliveredAsync("event-4")));

        Assert.All(smtp.Taken, mail => Assert.False(mail.Headers.Contains(HeaderId.ListUnsubscribe)));
        await silo.Recipient(1001).SetPreferences(NotificationPreferences.Default);
        await silo.TakeAsync(("event-5", "user_registered", """{"userId":1001}"""));
        Assert.Equal((NotificationStatuses.Sent, 1), Outcome(await silo.DeliveredAsync("event-5")));
    }

    [Fact]
    public async Task The_link_in_a_mail_ends_mails_of_its_category_as_RFC_8058_says()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(server, smtp, ("AIRLINER_PUBLIC_URL", "https://airliner.example"));
        silo.Users.Add(1001, "ada@example.org");
        await silo.Recipient(1001).SetPreferences(NotificationPreferences.Default with { Locale = "nb-NO" });
        await silo.TakeAsync(_registered);
        await silo.DeliveredAsync("event-1");

        var mail = Assert.Single(smtp.Taken);
        Assert.Equal("List-Unsubscribe=One-Click", mail.Headers[HeaderId.ListUnsubscribePost]);
        var link = new Uri(mail.Headers[HeaderId.ListUnsubscribe]!.Trim('<', '>', ' '));
        Assert.Equal(("https", "airliner.example", "/api/v1/airliner/unsubscribe"), (link.Scheme, link.Host, link.AbsolutePath));
        var token = link.Query["?token=".Length..];
        Assert.Equal(NotificationCategories.Account, await silo.Unsubscribe.Read(token));
        Assert.Contains(Channels.Email, (await silo.Recipient(1001).GetPreferences()).Channels.Account);
        Assert.False(await silo.Unsubscribe.Unsubscribe(token + "x"));
        Assert.True(await silo.Unsubscribe.Unsubscribe(token));
        Assert.True(await silo.Unsubscribe.Unsubscribe(token));

        var without = NotificationPreferences.Default with { Locale = "nb-NO", Channels = CategoryChannels.Default with { Account = [] } };
        AssertSame(without, await silo.Recipient(1001).GetPreferences());
        await silo.TakeAsync(("event-2", "user_registered", """{"userId":1001}"""));
        Assert.Equal(1, (await silo.Queries.List(new NotificationFilter(), new(50, null, 0))).Total);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("http://127.0.0.1:5003", "<http://127.0.0.1:5003/")]
    public async Task One_click_is_offered_over_https_alone(string? publicUrl, string? link)
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(server, smtp, ("AIRLINER_PUBLIC_URL", publicUrl ?? ""));
        silo.Users.Add(1001, "ada@example.org");
        await silo.TakeAsync(_registered);
        await silo.DeliveredAsync("event-1");

        var mail = Assert.Single(smtp.Taken);
        Assert.Equal(link is not null, mail.Headers[HeaderId.ListUnsubscribe]?.StartsWith(link ?? "", StringComparison.Ordinal) ?? false);
        Assert.False(mail.Headers.Contains(HeaderId.ListUnsubscribePost));
    }

    [Fact]
    public async Task They_go_with_their_user_and_nobody_sets_them_again()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "ada@example.org");
        await silo.Recipient(1001).SetPreferences(_everything);
        await silo.Recipient(1002).SetPreferences(_everything);
        silo.Users.Add(1001, "", UserStatus.Deleted);

        Assert.Empty(await silo.TakeAsync(("event-9", "user_deleted", """{"userId":1001}""")));
        Assert.Empty(await silo.TakeAsync(("event-9", "user_deleted", """{"userId":1001}""")));

        AssertSame(NotificationPreferences.Default, await silo.Recipient(1001).GetPreferences());
        var refused = await Assert.ThrowsAsync<RecordRejectedException>(() => silo.Recipient(1001).SetPreferences(_everything));
        Assert.Equal(PersonalDataSources.ErasedUser, refused.Constraint);
        Assert.True(await silo.Unsubscribe.Unsubscribe(silo.Links.For(1001, NotificationCategories.Account)!.Query["?token=".Length..]));
        AssertSame(NotificationPreferences.Default, await silo.Recipient(1001).GetPreferences());
        AssertSame(_everything, await silo.Recipient(1002).GetPreferences());
        Assert.False(JsonElement.Parse(await silo.PersonalData.Export(1001)).TryGetProperty("preferences", out _));
    }

    private static (string Status, int Attempts) Outcome(NotificationView notification) => (notification.Status, notification.Attempts);

    /// <summary>As the wire has them: arrays are compared by what is in them.</summary>
    private static void AssertSame(NotificationPreferences expected, NotificationPreferences actual) =>
        Assert.Equal(JsonSerializer.Serialize(expected, Contracts.AirlinerJson.Options), JsonSerializer.Serialize(actual, Contracts.AirlinerJson.Options));
}
