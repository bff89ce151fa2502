using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Microsoft.Extensions.Options;
using Xunit;

namespace Airliner.Notifications.Tests.Rules;

public sealed class NotificationStateTests
{
    private static readonly DateTimeOffset _now = new(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly NotificationState _pending =
        NotificationState.Pending("event-1", "user_registered", Channels.Email, new NotificationPlan(NotificationCategories.Account, [Channels.Email], 1001, "{}", null), _now);

    private static readonly RetrySchedule _schedule = new(Options.Create(new DeliveryOptions()));

    [Fact]
    public void A_new_notification_is_due_at_once_and_has_raised_nothing()
    {
        Assert.True(_pending.IsDue(_now));
        Assert.Empty(_pending.Raised);
        Assert.Equal(NotificationStatuses.Pending, _pending.Status);
    }

    [Fact]
    public void A_sent_notification_counts_the_attempt_and_raises_its_event()
    {
        var sent = _pending.Sent(1000, new DeliveryAttempt(_now.AddSeconds(1), "folder", null, "ok"));

        Assert.Equal(NotificationStatuses.Sent, sent.Status);
        Assert.Equal(1, sent.Attempts);
        Assert.Equal(_now.AddSeconds(1), sent.SentAt);
        Assert.False(sent.IsDue(_now.AddYears(1)));
        Assert.Equal(new NotificationSent(1000, 1001, Channels.Email, "event-1") { Timestamp = _now.AddSeconds(1) }, Assert.Single(sent.Raised));
    }

    [Fact]
    public void A_failed_attempt_is_recorded_and_raises_nothing_while_another_follows()
    {
        var postponed = _pending.Postponed(new DeliveryAttempt(_now, "folder", "disk full", null), _now.AddSeconds(5));

        Assert.Equal(NotificationStatuses.Pending, postponed.Status);
        Assert.Equal("disk full", postponed.ErrorMessage);
        Assert.Equal(1, postponed.Attempts);
        Assert.False(postponed.IsDue(_now.AddSeconds(4)));
        Assert.True(postponed.IsDue(_now.AddSeconds(5)));
        Assert.Empty(postponed.Raised);
    }

    [Fact]
    public void Success_after_a_failure_clears_the_error()
    {
        var sent = _pending
            .Postponed(new DeliveryAttempt(_now, "folder", "disk full", null), _now.AddSeconds(5))
            .Sent(1000, new DeliveryAttempt(_now.AddSeconds(5), "folder", null, "ok"));

        Assert.Null(sent.ErrorMessage);
        Assert.Equal(2, sent.Attempts);
        Assert.Equal(2, sent.Deliveries.Length);
    }

    [Fact]
    public void A_dead_notification_says_why()
    {
        var dead = _pending.Dead(1000, new DeliveryAttempt(_now, "folder", "550 no", null));

        Assert.Equal(NotificationStatuses.Dead, dead.Status);
        Assert.Null(dead.NextAttemptAt);
        Assert.Equal(new NotificationFailed(1000, 1001, Channels.Email, "event-1", "550 no") { Timestamp = _now }, Assert.Single(dead.Raised));
    }

    [Theory]
    [InlineData(1, 2.5, 5)]
    [InlineData(2, 5, 10)]
    [InlineData(5, 40, 80)]
    [InlineData(20, 1800, 3600)]
    [InlineData(2000, 1800, 3600)]
    public void The_wait_doubles_up_to_an_hour_within_its_jitter(int attempts, double leastSeconds, double mostSeconds)
    {
        Assert.Equal(_now.AddSeconds(leastSeconds), _schedule.Next(attempts, _now, _now, 0));
        Assert.Equal(_now.AddSeconds(mostSeconds), _schedule.Next(attempts, _now, _now, 1));
    }

    [Fact]
    public void The_last_attempt_is_at_the_end_of_its_time_and_none_follows()
    {
        var end = _now.AddHours(72);

        Assert.Equal(end, _schedule.Next(80, _now, end.AddMinutes(-1), 0.5));
        Assert.Null(_schedule.Next(81, _now, end, 0.5));
    }
}
