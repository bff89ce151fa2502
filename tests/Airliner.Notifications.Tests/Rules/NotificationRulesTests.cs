using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Events;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Tasks;
using Airliner.Contracts.Users;
using Airliner.Notifications.Grains;
using Xunit;

namespace Airliner.Notifications.Tests.Rules;

public sealed class NotificationRulesTests
{
    private const string Value = """{"userId":1001,"taskId":1002,"codeId":"id-1","changed":["email"],"timestamp":"2025-01-02T03:04:05.000000Z"}""";

    [Theory]
    [InlineData("user_registered", "email")]
    [InlineData("user_email_verification_requested", "email")]
    [InlineData("user_password_reset_requested", "email")]
    [InlineData("user_updated", "email,inapp")]
    [InlineData("account_locked", "email,inapp")]
    [InlineData("refresh_token_reused", "email,inapp")]
    [InlineData("user_password_changed", "email,inapp")]
    [InlineData("task_created", "inapp")]
    [InlineData("task_completed", "inapp")]
    [InlineData("task_failed", "inapp")]
    [InlineData("task_cancelled", "inapp")]
    public void An_event_goes_to_the_channels_of_the_contract(string eventType, string channels)
    {
        var plan = Plan(eventType, Value);

        Assert.Null(plan.Refusal);
        Assert.Equal(1001, plan.UserId);
        Assert.Equal(channels.Split(','), plan.ChannelsFor(NotificationPreferences.Default));
    }

    [Theory]
    [InlineData("user_registered", "email")]
    [InlineData("account_locked", "email,inapp")]
    [InlineData("task_created", "inapp")]
    [InlineData("task_completed", "email,inapp,push,sms")]
    [InlineData("task_failed", "email,inapp,push,sms")]
    [InlineData("task_cancelled", "email,inapp,push,sms")]
    public void Whoever_wants_everything_gets_what_there_is(string eventType, string channels)
    {
        var everything = NotificationPreferences.Default with { Channels = new([], [.. Channels.All], [.. Channels.All]) };

        Assert.Equal(channels.Split(','), Plan(eventType, Value).ChannelsFor(everything).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("user_registered", "")]
    [InlineData("user_password_reset_requested", "email")]
    [InlineData("user_password_changed", "email,inapp")]
    [InlineData("task_completed", "")]
    public void Whoever_wants_nothing_gets_security_alone(string eventType, string channels)
    {
        var nothing = NotificationPreferences.Default with { Channels = new([], [], []) };

        Assert.Equal(channels, string.Join(',', Plan(eventType, Value).ChannelsFor(nothing)));
    }

    [Theory]
    [InlineData("task_completed", "inapp,email,sms,push")]
    [InlineData("task_failed", "inapp,email,sms,push")]
    [InlineData("task_cancelled", "inapp,email,sms,push")]
    [InlineData("task_created", "inapp")]
    [InlineData("user_registered", "email")]
    [InlineData("account_locked", "email,inapp")]
    public void The_ends_of_tasks_have_more_channels_by_preference(string eventType, string channels) =>
        Assert.Equal(channels.Split(','), NotificationRules.All.Where(pair => pair.EventType == eventType).Select(pair => pair.Channel));

    [Theory]
    [InlineData("task_progressed")]
    [InlineData("task_group_completed")]
    [InlineData("user_logged_in")]
    [InlineData("something_nobody_has_heard_of")]
    public void A_type_that_is_told_to_nobody_is_skipped_whatever_it_holds(string eventType)
    {
        var plan = Plan(eventType, "[]");

        Assert.Empty(plan.Channels);
        Assert.Null(plan.Refusal);
    }

    [Theory]
    [InlineData("""{"userId":1001,"changed":["firstName","emailVerified"],"timestamp":"2025-01-02T03:04:05Z"}""")]
    [InlineData("""{"userId":1001,"changed":"email","timestamp":"2025-01-02T03:04:05Z"}""")]
    [InlineData("""{"userId":1001,"changed":[null,1],"timestamp":"2025-01-02T03:04:05Z"}""")]
    [InlineData("""{"userId":1001,"changed":["email"],"timestamp":"yesterday"}""")]
    [InlineData("""{"userId":1001,"timestamp":"2025-01-02T03:04:05Z"}""")]
    public void A_change_that_is_not_of_the_address_is_told_to_nobody(string value)
    {
        var plan = Plan("user_updated", value);

        Assert.Empty(plan.Channels);
        Assert.Null(plan.Refusal);
    }

    [Theory]
    [InlineData("user_email_verification_requested", """{"userId":1001}""")]
    [InlineData("user_password_reset_requested", """{"userId":1001,"codeId":1}""")]
    [InlineData("user_registered", """{}""")]
    [InlineData("user_registered", """{"userId":"1001"}""")]
    [InlineData("user_registered", """{"userId":0}""")]
    [InlineData("user_registered", """{"userId":1.5}""")]
    [InlineData("user_registered", """{"userId":99999999999999999999}""")]
    [InlineData("user_registered", """[1001]""")]
    [InlineData("task_created", """{"userId":1001}""")]
    [InlineData("user_registered", """{"userId":1001,"firstName":"\u0000"}""")]
    [InlineData("user_registered", """{"userId":1001,"firstName":"\ud800"}""")]
    [InlineData("user_registered", """{"userId":1001,"\u0000":1}""")]
    [InlineData("user_registered", """{"userId":1001,"size":1e999}""")]
    public void An_event_of_a_known_type_that_can_never_be_handled_is_refused(string eventType, string value)
    {
        var plan = Plan(eventType, value);

        Assert.NotNull(plan.Refusal);
        Assert.Empty(plan.Channels);
    }

    [Fact]
    public void An_event_without_a_usable_id_is_refused()
    {
        using var value = JsonDocument.Parse("""{"userId":1001}""");

        Assert.NotNull(NotificationRules.PlanFor("", "user_registered", value.RootElement).Refusal);
        Assert.NotNull(NotificationRules.PlanFor(new string('x', 3000), "user_registered", value.RootElement).Refusal);
        Assert.NotNull(NotificationRules.PlanFor("a\0b", "user_registered", value.RootElement).Refusal);
    }

    [Fact]
    public void Templates_see_the_flat_part_of_theValue()
    {
        var plan = Plan("user_registered", """{"userId":1001,"firstName":"Zoë","vip":true,"score":0.5,"nested":{"a":1},"list":[1],"none":null}""");

        using var data = JsonDocument.Parse(plan.Data);
        using var expected = JsonDocument.Parse("""{"userId":1001,"firstName":"Zoë","vip":true,"score":0.5}""");
        Assert.True(JsonElement.DeepEquals(expected.RootElement, data.RootElement), plan.Data);
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c", null)]
    [InlineData(null, null)]
    public void A_notification_goes_on_in_the_trace_of_its_record_and_never_in_one_that_its_value_names(string? traceParent, string? traceId)
    {
        using var value = JsonDocument.Parse("""{"userId":1001,"traceparent":"00-11111111111111111111111111111111-2222222222222222-01"}""");

        var plan = NotificationRules.PlanFor("event-1", "user_registered", value.RootElement, traceParent);

        Assert.Equal(traceId, EventData.TraceOf(plan.Data)?.TraceId.ToHexString());
    }

    [Fact]
    public void Our_own_events_are_understood_as_they_are_published()
    {
        var at = new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);
        DomainEvent[] events =
        [
            new UserRegistered(1001, "ada", "ada@example.org", "Ada", "Lovelace") { Timestamp = at },
            new UserEmailVerificationRequested(1001, "id-1", at.AddDays(1)) { Timestamp = at },
            new UserPasswordResetRequested(1001, "id-1", at.AddMinutes(30)) { Timestamp = at },
            new UserUpdated(1001, "ada", "ada@example.org", "Ada", "Lovelace", ["user"], ["email"]) { Timestamp = at },
            new TaskCreated(1002, "TASK1", "data_processing", 1001, "medium") { Timestamp = at },
            new TaskFailed(1002, "TASK1", "data_processing", 1001, "no such column", 3) { Timestamp = at },
        ];

        foreach (var raised in events)
        {
            var plan = Plan(raised.EventType, JsonSerializer.Serialize(raised, raised.GetType(), AirlinerJson.Options));
            Assert.Null(plan.Refusal);
            Assert.NotEmpty(plan.Channels);
            Assert.Equal(1001, plan.UserId);
        }
    }

    private static NotificationPlan Plan(string eventType, string value)
    {
        using var document = JsonDocument.Parse(value);
        return NotificationRules.PlanFor("event-1", eventType, document.RootElement);
    }
}
