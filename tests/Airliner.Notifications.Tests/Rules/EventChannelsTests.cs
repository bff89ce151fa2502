using System.Text;
using System.Text.Json;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Silo.Events;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Airliner.Notifications.Tests.Rules;

/// <summary>What an operator says of the channels of events.</summary>
public sealed class EventChannelsTests(PostgresServer server)
{
    private static readonly NotificationPreferences _everything = NotificationPreferences.Default with { Channels = new([], [.. Channels.All], [.. Channels.All]) };

    [Theory]
    [InlineData("task_completed", "email, inapp", "email,inapp")]
    [InlineData("TASK_COMPLETED", "push", "push")]
    [InlineData("task_completed", "", "")]
    [InlineData("user_registered", "", "")]
    [InlineData("account_locked", "inapp,email", "email,inapp")]
    [InlineData("task_failed", "inapp", "email,inapp,push,sms")]
    public void An_event_goes_by_those_of_its_channels_that_are_named_and_others_as_ever(string named, string channels, string expected)
    {
        var eventType = named == "task_failed" ? "task_completed" : named.ToLowerInvariant();
        var plan = Load(($"Notifications:Events:{named}:Channels", channels)).Limit(Plan(eventType), eventType);

        Assert.Equal(expected, string.Join(',', plan.ChannelsFor(_everything).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Preferences_choose_among_the_channels_that_are_named()
    {
        var plan = Load(("Notifications:Events:task_failed:Channels", "inapp,email")).Limit(Plan("task_failed"), "task_failed");

        Assert.Equal([Channels.InApp], plan.ChannelsFor(NotificationPreferences.Default));
        Assert.Equal([Channels.Email], plan.ChannelsFor(NotificationPreferences.Default with { Channels = new([], [], [Channels.Email, Channels.Sms]) }));
    }

    [Theory]
    [InlineData("task_creatd:Channels", "inapp", "Notifications:Events:task_creatd: users are not told of such an event. They are of account_locked, refresh_token_reused, task_cancelled")]
    [InlineData("task_started:Channels", "inapp", "Notifications:Events:task_started: users are not told of such an event.")]
    [InlineData("digest:Channels", "email", "Notifications:Events:digest: users are not told of such an event.")]
    [InlineData("task_completed:Channels", "inapp,fax", "Notifications:Events:task_completed:Channels: there are no templates for 'fax', only for inapp, email, sms, push.")]
    [InlineData("task_created:Channels", "inapp,email", "Notifications:Events:task_created:Channels: there are no templates for 'email', only for inapp.")]
    [InlineData("account_locked:Channels", "inapp", "Notifications:Events:account_locked:Channels must have 'email'")]
    [InlineData("user_password_reset_requested:Channels", "", "Notifications:Events:user_password_reset_requested:Channels must have 'email'")]
    [InlineData("task_created:Channel", "inapp", "Notifications:Events:task_created must have Channels, and nothing else.")]
    [InlineData("task_created", "inapp", "Notifications:Events:task_created must have Channels, and nothing else.")]
    [InlineData("task_created:Channels:0", "inapp", "Notifications:Events:task_created:Channels must be one text with commas between the channels")]
    public void A_setting_that_cannot_be_used_is_a_start_error_that_names_it_and_what_there_is(string setting, string value, string complaint)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Load(($"Notifications:Events:{setting}", value)));

        Assert.StartsWith(complaint, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("[]")]
    public void None_can_be_said_in_a_file_too(string none)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Notifications": { "Events": { "task_created": { "Channels": {{none}} } } } }"""));
        var channels = EventChannels.Load(new ConfigurationBuilder().AddJsonStream(json).Build());

        Assert.Empty(channels.Limit(Plan("task_created"), "task_created").Channels);
    }

    [Fact]
    public async Task Events_make_notifications_by_the_channels_that_are_named_and_a_wrong_name_keeps_the_silo_from_starting()
    {
        await using var silo = await NotificationSilo.StartAsync(
            server, null, ("Notifications:Events:task_created:Channels", ""), ("Notifications:Events:task_completed:Channels", "inapp,email"));
        await silo.Recipient(1001).SetPreferences(_everything with { Phone = "+4712345678" });

        await silo.TakeAsync(
            ("event-1", "task_created", """{"userId":1001,"taskId":7}"""),
            ("event-2", "task_completed", """{"userId":1001,"taskId":7}"""),
            ("event-3", "task_completed", """{"userId":1002,"taskId":8}"""),
            ("event-4", "account_locked", """{"userId":1001}"""));

        var made = (await silo.Queries.List(new NotificationFilter(), new(50, null, 0))).Items;
        Assert.Equal(
            ["event-2 email", "event-2 inapp", "event-3 inapp", "event-4 email", "event-4 inapp"],
            made.Select(one => $"{one.EventId} {one.Channel}").Order(StringComparer.Ordinal));
        var error = await Assert.ThrowsAnyAsync<Exception>(() => NotificationSilo.StartAsync(server, null, ("Notifications:Events:task_created:Channels", "fax")));
        Assert.Contains("Notifications:Events:task_created:Channels", error.GetBaseException().Message, StringComparison.Ordinal);
    }

    private static EventChannels Load(params (string Key, string Value)[] settings) => EventChannels.Load(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build());

    private static NotificationPlan Plan(string eventType)
    {
        using var value = JsonDocument.Parse("""{"userId":1001,"taskId":7,"codeId":"id-1"}""");
        return NotificationRules.PlanFor("event-1", eventType, value.RootElement);
    }
}
