using Airliner.Contracts.Notifications;
using Airliner.Contracts.Users;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Notifications.Tests.Delivery;

/// <summary>Notifications that were given up and are tried again.</summary>
public sealed class RedriveTests(PostgresServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dead_mail_is_tried_again_and_its_attempts_are_kept()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(server, smtp);
        var id = await DeadAsync(silo, smtp, 1001, "event-1");

        var result = await silo.Notification(id).Redrive("command-1");
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Equal((RedriveOutcome.Redriven, NotificationStatuses.Pending), (result.Outcome, result.Notification!.Status));
        var sent = (await silo.Notification(id).Get())!;
        Assert.Equal((NotificationStatuses.Sent, 2), (sent.Status, sent.Attempts));
        Assert.StartsWith("550", sent.Deliveries![0].Error, StringComparison.Ordinal);
        Assert.Null(sent.Deliveries[1].Error);
        Assert.Single(smtp.Taken);
    }

    [Fact]
    public async Task A_repeat_of_the_command_is_no_second_redrive()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(server, smtp);
        var id = await DeadAsync(silo, smtp, 1001, "event-1");
        await silo.Notification(id).Redrive("command-1");
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Equal(RedriveOutcome.Redriven, (await silo.Notification(id).Redrive("command-1")).Outcome);
        Assert.Equal(RedriveOutcome.HasNotFailed, (await silo.Notification(id).Redrive("command-2")).Outcome);

        Assert.Equal(NotificationStatuses.Sent, (await silo.Notification(id).Get())!.Status);
        Assert.Equal(RedriveOutcome.NotFound, (await silo.Notification(999_999).Redrive("command-3")).Outcome);
    }

    [Fact]
    public async Task A_message_that_is_redriven_has_a_key_of_its_own_since_it_is_to_be_sent_again()
    {
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(422), new PlannedAnswer(503));
        await using var silo = await NotificationSilo.StartAsync(
            server, null, ("Notifications:Push:Providers:0:Url", receiver.Address), ("Notifications:Push:Providers:0:TokenFile", NotificationSilo.TokenFile));
        silo.Users.Add(1001, "ada@example.org");
        var notification = await silo.NotifyAsync(Channels.Push, 1001);
        await silo.RaisedAsync(one => one.Type == "notification_failed", Cancel);

        await notification.Redrive("command-1");
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        var key = $"notification-{(await notification.Get())!.NotificationId}";
        Assert.Equal([key, $"{key}-1", $"{key}-1"], receiver.Received.Select(request => request.Headers["Idempotency-Key"]));
    }

    [Fact]
    public async Task A_mail_that_is_redriven_has_a_message_id_of_its_own_since_it_is_no_repeat_of_the_one_before()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(server, smtp);
        silo.Users.Add(1001, "ada@example.org");
        await silo.TakeAsync(("event-1", "user_registered", """{"userId":1001}"""));
        var id = (await silo.DeliveredAsync("event-1")).NotificationId;
        await silo.Bounces.Take([new(id, null, BounceTypes.Hard, "no such mailbox")]);

        await silo.Notification(id).Redrive("command-1");
        await silo.SettledAsync(id);

        Assert.Equal([$"notification-{id}@airliner.example", $"notification-{id}-1@airliner.example"], smtp.Taken.Select(mail => mail.MessageId));
    }

    [Fact]
    public async Task Those_that_pass_the_filter_are_redriven_and_it_says_how_many_are_left()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(server, smtp);
        for (var i = 1; i <= 3; i++)
            await DeadAsync(silo, smtp, 1001, $"event-{i}");
        await DeadAsync(silo, smtp, 1002, "event-4");

        var first = await silo.Redrives.RedriveMany(new(UserId: 1001), 2, "command-1");
        var none = await silo.Redrives.RedriveMany(new(Status: NotificationStatuses.Failed), 100, "command-2");
        var rest = await silo.Redrives.RedriveMany(new(UserId: 1001, Status: NotificationStatuses.Dead, Channel: Channels.Email, EventType: "user_registered"), 100, "command-3");

        Assert.Equal(new RedrivenNotifications(2, 1), first);
        Assert.Equal(new RedrivenNotifications(0, 0), none);
        Assert.Equal(new RedrivenNotifications(1, 0), rest);
        foreach (var eventId in new[] { "event-1", "event-2", "event-3" })
        {
            var id = (await silo.FindAsync(eventId, Channels.Email)).NotificationId;
            await silo.SettledAsync(id);
            Assert.Equal(NotificationStatuses.Sent, (await silo.Notification(id).Get())!.Status);
        }

        Assert.Equal(NotificationStatuses.Dead, (await silo.FindAsync("event-4", Channels.Email)).Status);
    }

    [Fact]
    public async Task A_filter_passes_over_addresses_that_are_marked_and_users_who_were_deleted()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(server, smtp);
        var marked = await DeadAsync(silo, smtp, 1001, "event-1");
        await DeadAsync(silo, smtp, 1002, "event-2");
        await silo.Bounces.Take([new(null, "user1001@example.org", BounceTypes.Hard, "gone")]);
        silo.Users.Add(1002, "", UserStatus.Deleted);
        await silo.TakeAsync(("event-9", "user_deleted", """{"userId":1002}"""));

        Assert.Equal(new RedrivenNotifications(0, 0), await silo.Redrives.RedriveMany(new(), 100, "command-1"));

        Assert.Equal(RedriveOutcome.UserWasErased, (await silo.Notification((await silo.FindAsync("event-2", Channels.Email)).NotificationId).Redrive("command-2")).Outcome);
        Assert.Equal(NotificationStatuses.Dead, (await silo.Notification(marked).Get())!.Status);
    }

    /// <summary>A mail that its server has refused.</summary>
    private static async Task<long> DeadAsync(NotificationSilo silo, SmtpServer smtp, long userId, string eventId)
    {
        smtp.Plan(SmtpBehaviour.RefuseRecipient);
        silo.Users.Add(userId, $"user{userId}@example.org");
        await silo.TakeAsync((eventId, "user_registered", $$"""{"userId":{{userId}},"firstName":"Ada"}"""));
        var id = (await silo.FindAsync(eventId, Channels.Email)).NotificationId;
        await silo.SettledAsync(id);
        Assert.Equal(NotificationStatuses.Dead, (await silo.Notification(id).Get())!.Status);
        return id;
    }
}
