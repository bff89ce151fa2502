using Airliner.Contracts.Notifications;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Notifications.Tests.Delivery;

/// <summary>How much a user is sent at once.</summary>
public sealed class ThrottleTests(PostgresServer server)
{
    [Fact]
    public async Task A_user_who_was_sent_enough_is_sent_the_rest_as_permits_come_back()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(
            server, smtp, ("Notifications:Throttle:Email:Permits", "2"), ("Notifications:Throttle:Email:Window", "01:00:00"));
        silo.Users.Add(1001, "ada@example.org");
        silo.Users.Add(1002, "bea@example.org");

        await silo.TakeAsync([.. Enumerable.Range(1, 3).Select(i => ($"event-{i}", "user_registered", """{"userId":1001}"""))]);
        await silo.TakeAsync(("event-4", "user_registered", """{"userId":1002}"""));
        NotificationView[] first = [.. await Task.WhenAll(Enumerable.Range(1, 4).Select(i => silo.DeliveredAsync($"event-{i}")))];
        var waiting = Assert.Single(first, one => one.Status == NotificationStatuses.Pending);
        Assert.Equal((1001, 0, null), (waiting.UserId, waiting.Attempts, waiting.ErrorMessage));
        Assert.Equal(3, smtp.Taken.Count);
        silo.Clock.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal((NotificationStatuses.Sent, 1), Outcome(await silo.DeliveredAsync(waiting.EventId)));
        Assert.Equal(4, smtp.Taken.Count);
    }

    private const string TaskFailed = """{"userId":1001,"taskId":1,"taskReference":"TASK-1","taskType":"data_processing","errorMessage":"no such column","attempts":1}""";

    [Fact]
    public async Task What_nobody_is_to_get_takes_no_permit()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(
            server, smtp, ("Notifications:Throttle:Email:Permits", "1"), ("Notifications:Throttle:Email:Window", "10:00:00"));
        silo.Users.Add(1001, "ada@example.org", isVerified: false);
        await silo.Recipient(1001).SetPreferences(new() { Channels = CategoryChannels.Default with { Tasks = [Channels.Email] } });
        foreach (var i in Enumerable.Range(1, 3))
        {
            await silo.TakeAsync(($"event-{i}", "task_failed", TaskFailed));
            Assert.Equal(NotificationStatuses.Suppressed, (await silo.DeliveredAsync($"event-{i}")).Status);
        }

        silo.Users.Add(1001, "ada@example.org");
        await silo.TakeAsync(("event-4", "task_failed", TaskFailed));

        Assert.Equal((NotificationStatuses.Sent, 1), Outcome(await silo.DeliveredAsync("event-4")));
    }

    [Fact]
    public async Task What_would_wait_for_a_permit_longer_than_it_may_be_tried_is_not_sent_and_says_why()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(
            server, smtp, ("Notifications:Throttle:Email:Permits", "1"), ("Notifications:Throttle:Email:Window", "10:00:00"), ("Notifications:Delivery:GiveUpAfter", "15:00:00"));
        silo.Users.Add(1001, "ada@example.org");

        await silo.TakeAsync([.. Enumerable.Range(1, 4).Select(i => ($"event-{i}", "user_registered", """{"userId":1001}"""))]);
        NotificationView[] all = [.. await Task.WhenAll(Enumerable.Range(1, 4).Select(i => silo.DeliveredAsync($"event-{i}")))];

        Assert.Single(all, one => one.Status == NotificationStatuses.Sent);
        Assert.Single(all, one => one.Status == NotificationStatuses.Pending);
        Assert.All(all.Where(one => one.Status == NotificationStatuses.Suppressed), one => Assert.Contains("too late", one.ErrorMessage, StringComparison.Ordinal));
        Assert.Equal(2, all.Count(one => one.Status == NotificationStatuses.Suppressed));
    }

    [Fact]
    public async Task What_waited_for_the_end_of_quiet_hours_may_wait_for_a_permit_after_it()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(
            server, smtp, ("Notifications:Throttle:Email:Permits", "1"), ("Notifications:Throttle:Email:Window", "00:30:00"), ("Notifications:Delivery:GiveUpAfter", "01:00:00"));
        silo.Users.Add(1001, "ada@example.org");
        await silo.Recipient(1001).SetPreferences(silo.QuietNow());
        await silo.TakeAsync([.. Enumerable.Range(1, 2).Select(i => ($"event-{i}", "user_registered", """{"userId":1001}"""))]);
        foreach (var i in Enumerable.Range(1, 2))
            Assert.Equal(NotificationStatuses.Pending, (await silo.DeliveredAsync($"event-{i}")).Status);

        silo.Clock.Advance(TimeSpan.FromHours(2));
        NotificationView[] both = [.. await Task.WhenAll(Enumerable.Range(1, 2).Select(i => silo.DeliveredAsync($"event-{i}")))];

        Assert.Equal([NotificationStatuses.Pending, NotificationStatuses.Sent], both.Select(one => one.Status).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_attempt_that_reached_nobody_takes_one_permit_with_those_that_follow()
    {
        await using var smtp = new SmtpServer();
        smtp.Plan(SmtpBehaviour.DeferRecipient, SmtpBehaviour.DeferRecipient);
        await using var silo = await NotificationSilo.StartAsync(server, smtp, ("Notifications:Throttle:Email:Permits", "1"));
        silo.Users.Add(1001, "ada@example.org");

        await silo.TakeAsync(("event-1", "user_registered", """{"userId":1001}"""));
        await silo.RaisedAsync(one => one.Type == "notification_sent", TestContext.Current.CancellationToken);

        Assert.Equal((NotificationStatuses.Sent, 3), Outcome(await silo.FindAsync("event-1", Channels.Email)));
    }

    private static (string Status, int Attempts) Outcome(NotificationView notification) => (notification.Status, notification.Attempts);
}
