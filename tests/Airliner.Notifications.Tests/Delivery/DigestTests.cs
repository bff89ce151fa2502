using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Notifications.Tests.Delivery;

/// <summary>One mail for many notifications.</summary>
public sealed class DigestTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly TimeSpan _window = TimeSpan.FromMinutes(60);

    private readonly SmtpServer _smtp = new();
    private NotificationSilo _silo = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _silo = await NotificationSilo.StartAsync(server, _smtp);
        _silo.Users.Add(1001, "ada@example.org");
        await _silo.Recipient(1001).SetPreferences(new() { Digest = new((int)_window.TotalMinutes, null) });
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _smtp.DisposeAsync();
    }

    [Fact]
    public async Task Many_events_of_a_window_are_told_of_in_one_mail_at_its_end()
    {
        var leader = await GatheredAsync("event-1");
        var second = await GatheredAsync("event-2");
        var third = await GatheredAsync("event-3");
        Assert.All([leader, second, third], one => Assert.Equal(leader.NotificationId, one.DigestId));
        Assert.Empty(_smtp.Taken);

        _silo.Clock.Advance(_window);
        foreach (var one in new[] { leader, second, third })
        {
            await RaisedAsync(one.NotificationId, "notification_sent");
            var sent = (await _silo.Notification(one.NotificationId).Get())!;
            Assert.Equal((NotificationStatuses.Sent, leader.NotificationId, "ada@example.org", null), (sent.Status, sent.DigestId, sent.Recipient, sent.ErrorMessage));
            Assert.Equal(one == leader ? 1 : 0, sent.Attempts);
        }

        var mail = Assert.Single(_smtp.Taken);
        Assert.Equal("3 notifications about your account", mail.Subject);
        Assert.Equal($"notification-{leader.NotificationId}@airliner.example", mail.MessageId);
        Assert.Equal(3, mail.TextBody!.Split(" UTC: Welcome to Airliner, Ada").Length - 1);
        Assert.Equal(3, mail.HtmlBody!.Split("</time>: Welcome to Airliner, Ada</li>").Length - 1);
    }

    [Fact]
    public async Task What_comes_after_a_window_opens_the_next()
    {
        var first = await GatheredAsync("event-1");
        _silo.Clock.Advance(_window);
        var second = await GatheredAsync("event-2");
        Assert.Equal(second.NotificationId, second.DigestId);
        _silo.Clock.Advance(_window);

        await RaisedAsync(first.NotificationId, "notification_sent");
        await RaisedAsync(second.NotificationId, "notification_sent");
        Assert.Equal(["Welcome to Airliner, Ada", "Welcome to Airliner, Ada"], _smtp.Taken.Select(mail => mail.Subject));
    }

    [Fact]
    public async Task One_mail_of_a_window_goes_as_it_would_without_a_digest()
    {
        var only = await GatheredAsync("event-1");
        _silo.Clock.Advance(_window);
        await RaisedAsync(only.NotificationId, "notification_sent");

        Assert.Equal("Welcome to Airliner, Ada", Assert.Single(_smtp.Taken).Subject);
        Assert.Null((await _silo.Notification(only.NotificationId).Get())!.DigestId);
    }

    [Fact]
    public async Task A_digest_that_is_deferred_is_tried_again_with_all_that_are_in_it()
    {
        _smtp.Plan(SmtpBehaviour.DeferRecipient);
        var leader = await GatheredAsync("event-1");
        var member = await GatheredAsync("event-2");
        _silo.Clock.Advance(_window);

        await RaisedAsync(leader.NotificationId, "notification_sent");
        await RaisedAsync(member.NotificationId, "notification_sent");
        Assert.Equal(2, (await _silo.Notification(leader.NotificationId).Get())!.Attempts);
        Assert.Equal("2 notifications about your account", Assert.Single(_smtp.Taken).Subject);
    }

    [Fact]
    public async Task A_digest_that_is_refused_is_dead_for_all_that_are_in_it()
    {
        _smtp.Plan(SmtpBehaviour.RefuseRecipient);
        var leader = await GatheredAsync("event-1");
        var member = await GatheredAsync("event-2");
        _silo.Clock.Advance(_window);

        await RaisedAsync(leader.NotificationId, "notification_failed");
        await RaisedAsync(member.NotificationId, "notification_failed");
        var dead = (await _silo.Notification(member.NotificationId).Get())!;
        Assert.Equal((NotificationStatuses.Dead, 0), (dead.Status, dead.Attempts));
        Assert.StartsWith("550", dead.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(_smtp.Taken);
    }

    [Fact]
    public async Task A_digest_that_is_kept_back_keeps_back_all_that_are_in_it()
    {
        var leader = await GatheredAsync("event-1");
        var member = await GatheredAsync("event-2");
        await _silo.Bounces.Take([new(null, "ada@example.org", BounceTypes.Hard, "no such mailbox")]);
        _silo.Clock.Advance(_window);

        foreach (var one in new[] { leader, member })
        {
            var ended = await Eventually.Get(
                async () => (await _silo.Notification(one.NotificationId).Get())!, now => now.Status != NotificationStatuses.Pending, "it has ended");
            Assert.Equal((NotificationStatuses.Suppressed, leader.NotificationId, "ada@example.org"), (ended.Status, ended.DigestId, ended.Recipient));
            Assert.Contains("no such mailbox", ended.ErrorMessage, StringComparison.Ordinal);
        }

        Assert.Empty(_smtp.Taken);
    }

    [Fact]
    public async Task A_silo_that_died_after_the_digest_s_commit_leaves_members_that_are_sent_with_it_and_others_that_go_on_their_own()
    {
        var now = _silo.Clock.Now();
        var sent = Pending("event-1") with
        {
            DigestId = 500,
            DigestMembers = [501],
            Status = NotificationStatuses.Sent,
            Recipient = "ada@example.org",
            Subject = "2 notifications",
            SentAt = now,
            NextAttemptAt = null,
        };
        await NoDigestsAsync();
        await _silo.InsertAsync((500, sent), (501, Pending("event-2") with { DigestId = 500 }), (502, Pending("event-3") with { DigestId = 500 }));

        await RaisedAsync(501, "notification_sent");
        await RaisedAsync(502, "notification_sent");

        var member = (await _silo.Notification(501).Get())!;
        Assert.Equal((500, now, "2 notifications", 0), (member.DigestId!.Value, member.SentAt!.Value, member.Subject, member.Attempts));
        var other = (await _silo.Notification(502).Get())!;
        Assert.Equal((null, 1), (other.DigestId, other.Attempts));
        Assert.Equal("notification-502@airliner.example", Assert.Single(_smtp.Taken).MessageId);
    }

    [Fact]
    public async Task A_silo_that_died_after_the_digest_was_given_up_leaves_members_that_are_dead_like_it()
    {
        var dead = Pending("event-1") with
        {
            DigestId = 500,
            DigestMembers = [501],
            Status = NotificationStatuses.Dead,
            Recipient = "gone@example.org",
            Subject = "2 notifications",
            ErrorMessage = "550 no",
            NextAttemptAt = null,
        };
        await NoDigestsAsync();
        await _silo.InsertAsync((500, dead), (501, Pending("event-2") with { DigestId = 500 }), (502, Pending("event-3") with { DigestId = 500 }));

        await RaisedAsync(501, "notification_failed");
        await RaisedAsync(502, "notification_sent");

        Assert.Equal("550 no", (await _silo.Notification(501).Get())!.ErrorMessage);
        Assert.Equal("notification-502@airliner.example", Assert.Single(_smtp.Taken).MessageId);
    }

    [Fact]
    public async Task A_silo_that_died_before_the_digest_s_commit_leaves_members_that_wait_for_it_and_one_mail()
    {
        var now = _silo.Clock.Now();
        await NoDigestsAsync();
        await _silo.InsertAsync(
            (500, Pending("event-1") with { DigestId = 500, NextAttemptAt = now + _window }),
            (501, Pending("event-2") with { DigestId = 500 }),
            (502, Pending("event-3") with { DigestId = 500 }));
        foreach (var id in new[] { 501, 502 })
        {
            await _silo.SettledAsync(id);
            Assert.Equal((NotificationStatuses.Pending, 0), ((await _silo.Notification(id).Get())!.Status, (await _silo.Notification(id).Get())!.Attempts));
        }

        _silo.Clock.Advance(_window);
        foreach (var id in new[] { 500, 501, 502 })
            await RaisedAsync(id, "notification_sent");

        Assert.Equal("3 notifications about your account", Assert.Single(_smtp.Taken).Subject);
    }

    [Fact]
    public async Task A_member_whose_digest_is_not_there_goes_on_its_own()
    {
        await NoDigestsAsync();
        await _silo.InsertAsync((501, Pending("event-2") with { DigestId = 500 }));

        await RaisedAsync(501, "notification_sent");

        Assert.Equal("notification-501@airliner.example", Assert.Single(_smtp.Taken).MessageId);
    }

    [Fact]
    public async Task A_mail_that_is_not_wanted_at_the_end_of_its_window_takes_none_with_it()
    {
        var leader = await GatheredAsync("event-1");
        var member = await GatheredAsync("event-2");
        await _silo.Recipient(1001).SetPreferences(new() { Channels = CategoryChannels.Default with { Account = [] } });
        _silo.Clock.Advance(_window + TimeSpan.FromMinutes(1));

        await _silo.SettledAsync(leader.NotificationId);
        Assert.Equal(NotificationStatuses.Suppressed, (await _silo.Notification(leader.NotificationId).Get())!.Status);
        _silo.Clock.Advance(TimeSpan.FromMinutes(1));
        await _silo.SettledAsync(member.NotificationId);
        Assert.Equal(NotificationStatuses.Suppressed, (await _silo.Notification(member.NotificationId).Get())!.Status);
        Assert.Empty(_smtp.Taken);
    }

    [Fact]
    public async Task A_digest_that_comes_back_has_failed_for_all_that_are_in_it_and_each_can_be_redriven()
    {
        var leader = await GatheredAsync("event-1");
        var member = await GatheredAsync("event-2");
        _silo.Clock.Advance(_window);
        await RaisedAsync(leader.NotificationId, "notification_sent");
        await RaisedAsync(member.NotificationId, "notification_sent");
        Bounce bounce = new(leader.NotificationId, null, BounceTypes.Hard, "550 no such mailbox");

        await _silo.Bounces.Take([bounce]);

        await RaisedAsync(leader.NotificationId, "notification_failed");
        await RaisedAsync(member.NotificationId, "notification_failed");
        var failed = (await _silo.Notification(member.NotificationId).Get())!;
        Assert.Equal((NotificationStatuses.Failed, "550 no such mailbox"), (failed.Status, failed.ErrorMessage));

        await NoDigestsAsync();
        Assert.Equal(RedriveOutcome.Redriven, (await _silo.Notification(member.NotificationId).Redrive("command-1")).Outcome);
        await _silo.SettledAsync(member.NotificationId);
        await _silo.Bounces.Take([bounce]);

        Assert.Equal((NotificationStatuses.Sent, 1), ((await _silo.Notification(member.NotificationId).Get())!.Status, (await _silo.Notification(member.NotificationId).Get())!.Attempts));
    }

    [Fact]
    public async Task A_member_that_learns_of_its_digest_after_that_came_back_has_failed_like_it()
    {
        var now = _silo.Clock.Now();
        var failed = Pending("event-1") with
        {
            DigestId = 500,
            DigestMembers = [501],
            Status = NotificationStatuses.Failed,
            Recipient = "gone@example.org",
            Subject = "2 notifications",
            SentAt = now,
            ErrorMessage = "550 no such mailbox",
            NextAttemptAt = null,
        };
        await NoDigestsAsync();
        await _silo.InsertAsync((500, failed), (501, Pending("event-2") with { DigestId = 500 }));

        await RaisedAsync(501, "notification_failed");

        var member = (await _silo.Notification(501).Get())!;
        Assert.Equal((NotificationStatuses.Failed, now, "550 no such mailbox"), (member.Status, member.SentAt!.Value, member.ErrorMessage));
        Assert.Empty(_smtp.Taken);
    }

    private Task NoDigestsAsync() => _silo.Recipient(1001).SetPreferences(NotificationPreferences.Default);

    /// <summary>An event's notification, once it waits for its digest.</summary>
    private async Task<NotificationView> GatheredAsync(string eventId)
    {
        await _silo.TakeAsync((eventId, "user_registered", """{"userId":1001}"""));
        var gathered = await _silo.DeliveredAsync(eventId);
        Assert.Equal((NotificationStatuses.Pending, 0), (gathered.Status, gathered.Attempts));
        return gathered;
    }

    private Task RaisedAsync(long id, string type) => _silo.RaisedAsync(one => one.Type == type && one.Subject == $"notifications/{id}", Cancel);

    private NotificationState Pending(string eventId) => NotificationState.Pending(
        eventId, "user_registered", Channels.Email, new(NotificationCategories.Account, [Channels.Email], 1001, """{"userId":1001}""", null), _silo.Clock.Now());
}
