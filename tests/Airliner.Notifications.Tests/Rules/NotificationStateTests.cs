using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Microsoft.Extensions.Options;
using Xunit;

namespace Airliner.Notifications.Tests.Rules;

public sealed class NotificationStateTests
{
    private static readonly DateTimeOffset _now = new(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly NotificationState _pending =
        NotificationState.Pending("event-1", "user_registered", Channels.Email, new NotificationPlan(NotificationCategories.Account, [Channels.Email], 1001, """{"userId":1001}""", null), _now);

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
        var postponed = _pending.Postponed(_now.AddSeconds(5), new DeliveryAttempt(_now, "folder", "disk full", null));

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
            .Postponed(_now.AddSeconds(5), new DeliveryAttempt(_now, "folder", "disk full", null))
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
        Assert.Equal(_now.AddSeconds(leastSeconds), _schedule.Next(Channels.Email, attempts, _now, _now, 0));
        Assert.Equal(_now.AddSeconds(mostSeconds), _schedule.Next(Channels.Email, attempts, _now, _now, 1));
    }

    [Fact]
    public void What_somebody_waits_for_is_tried_each_minute_in_its_first_hour()
    {
        Assert.Equal(_now.AddMinutes(1), _schedule.Next(Channels.Email, 20, _now, _now, 1, isUrgent: true));
        Assert.Equal(_now.AddSeconds(10), _schedule.Next(Channels.Email, 2, _now, _now, 1, isUrgent: true));
        Assert.Equal(_now.AddHours(2), _schedule.Next(Channels.Email, 20, _now, _now.AddHours(1), 1, isUrgent: true));
        Assert.Equal(_now.AddMinutes(10), _schedule.Next(Channels.Email, 20, _now, _now, 1, TimeSpan.FromMinutes(10), isUrgent: true));
    }

    [Fact]
    public void The_last_attempt_is_at_the_end_of_its_time_and_none_follows()
    {
        var end = _now.AddHours(72);

        Assert.Equal(end, _schedule.Next(Channels.Email, 80, _now, end.AddMinutes(-1), 0.5));
        Assert.Null(_schedule.Next(Channels.Email, 81, _now, end, 0.5));
    }

    [Theory]
    [InlineData(Channels.Sms)]
    [InlineData(Channels.Push)]
    public void What_tells_of_now_is_given_up_sooner_than_a_mail(string channel)
    {
        Assert.Equal(_now.AddHours(4), _schedule.Next(channel, 80, _now, _now.AddHours(4).AddMinutes(-1), 0.5));
        Assert.Null(_schedule.Next(channel, 81, _now, _now.AddHours(4), 0.5));
    }

    [Fact]
    public void A_provider_that_wants_to_be_left_alone_is_until_its_time_is_over_or_the_notifications()
    {
        Assert.Equal(_now.AddMinutes(10), _schedule.Next(Channels.Email, 1, _now, _now, 1, TimeSpan.FromMinutes(10)));
        Assert.Equal(_now.AddSeconds(5), _schedule.Next(Channels.Email, 1, _now, _now, 1, TimeSpan.FromSeconds(1)));
        Assert.Equal(_now.AddHours(72), _schedule.Next(Channels.Email, 1, _now, _now, 1, TimeSpan.MaxValue));
    }

    [Fact]
    public void A_round_is_one_attempt_however_many_providers_were_asked()
    {
        var sent = _pending.Sent(1000, new DeliveryAttempt(_now, "smtp://a:25", "451 later", null), new DeliveryAttempt(_now.AddSeconds(1), "smtp://b:25", null, "ok"));

        Assert.Equal((1, null, _now.AddSeconds(1)), (sent.Attempts, sent.ErrorMessage, sent.SentAt));
        Assert.Equal(["451 later", null], sent.Deliveries.Select(attempt => attempt.Error));
    }

    [Fact]
    public void A_mail_that_comes_back_has_failed_and_raises_its_event_once()
    {
        var sent = _pending.Sent(1000, new DeliveryAttempt(_now, "folder", null, "ok")) with { Raised = [] };

        var bounced = sent.Bounced(1000, "no such mailbox", _now.AddMinutes(1));

        Assert.Equal((NotificationStatuses.Failed, "no such mailbox", _now), (bounced.Status, bounced.ErrorMessage, bounced.SentAt));
        Assert.Equal(new NotificationFailed(1000, 1001, Channels.Email, "event-1", "no such mailbox") { Timestamp = _now.AddMinutes(1) }, Assert.Single(bounced.Raised));
        Assert.Same(bounced, bounced.Bounced(1000, "again", _now.AddMinutes(2)));
        Assert.Same(_pending, _pending.Bounced(1000, "not sent yet", _now));
        var erased = sent.Erased();
        Assert.Same(erased, erased.Bounced(1000, "ada@example.org is gone", _now));
    }

    [Fact]
    public void What_was_put_off_for_longer_than_it_may_be_tried_has_all_of_that_time_from_its_first_attempt_on()
    {
        var first = _now.AddHours(9);
        var putOff = _pending.DueAt(first);
        Assert.NotNull(_schedule.Next(Channels.Sms, attempts: 1, putOff.TriedSince(first), first, random: 0));

        var failed = putOff.Postponed(first.AddSeconds(5), new DeliveryAttempt(first, "sms", "503", null));

        Assert.NotNull(_schedule.Next(Channels.Sms, attempts: 2, failed.TriedSince(first.AddHours(3)), first.AddHours(3), random: 0));
        Assert.Null(_schedule.Next(Channels.Sms, attempts: 2, failed.TriedSince(first.AddHours(4)), first.AddHours(4), random: 0));
    }

    [Fact]
    public void What_is_put_off_between_two_attempts_does_not_use_up_its_time()
    {
        var failed = _pending.Postponed(_now.AddMinutes(1), new DeliveryAttempt(_now, "sms", "503", null));
        var morning = _now.AddHours(9);

        var putOff = failed.PutOff(morning, _now.AddMinutes(1)).Postponed(morning.AddMinutes(1), new DeliveryAttempt(morning, "sms", "503", null));

        Assert.Equal(morning.AddMinutes(-1), putOff.TriedSince(morning));
        Assert.NotNull(_schedule.Next(Channels.Sms, attempts: 2, putOff.TriedSince(morning), morning, random: 0));
        Assert.Null(_schedule.Next(Channels.Sms, attempts: 3, putOff.TriedSince(morning.AddHours(4)), morning.AddHours(4), random: 0));
        var redriven = putOff.Dead(1000, new DeliveryAttempt(morning.AddHours(4), "sms", "503", null)).Redriven("command-1", _now.AddDays(1));
        Assert.Equal(_now.AddDays(1), redriven.TriedSince(_now.AddDays(1)));
    }

    [Fact]
    public void A_redriven_one_is_as_if_it_were_new_and_keeps_its_history()
    {
        var dead = _pending.Postponed(_now.AddSeconds(5), new DeliveryAttempt(_now, "folder", "disk full", null));
        dead = dead.Dead(1000, new DeliveryAttempt(_now.AddHours(72), "folder", "disk full", null));
        var later = _now.AddHours(100);

        var redriven = dead.Redriven("command-1", later);

        Assert.Equal(RedriveOutcome.Redriven, dead.JudgeRedrive("command-1"));
        Assert.True(redriven.IsDue(later));
        Assert.Equal((2, 2, 2, later), (redriven.Attempts, redriven.AttemptsBefore, redriven.Deliveries.Length, redriven.TriedSince(later)));
        Assert.Same(redriven, redriven.Redriven("command-1", later.AddHours(1)));
    }

    [Fact]
    public void What_waits_was_sent_or_was_erased_is_not_redriven()
    {
        var dead = _pending.Dead(1000, new DeliveryAttempt(_now, "folder", "550 no", null));

        Assert.Equal(RedriveOutcome.HasNotFailed, _pending.JudgeRedrive("command-1"));
        Assert.Equal(RedriveOutcome.HasNotFailed, _pending.Sent(1000, new DeliveryAttempt(_now, "folder", null, "ok")).JudgeRedrive("command-1"));
        Assert.Equal(RedriveOutcome.UserWasErased, dead.Erased().JudgeRedrive("command-1"));
    }
}
