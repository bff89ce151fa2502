using System.Reflection;
using System.Text.Json;
using Airliner.Contracts.Events;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Notifications.Tests.Delivery;

public sealed class NotificationEventsHandlerTests(PostgresServer server)
{
    [Fact]
    public async Task An_inbox_entry_is_sent_by_being_there()
    {
        await using var silo = await NotificationSilo.StartAsync(server);

        await silo.TakeAsync(("event-1", "task_created", """{"userId":1001,"taskId":7,"taskReference":"TASK7"}"""));

        var entry = await silo.FindAsync("event-1", Channels.InApp);
        Assert.Equal(NotificationStatuses.Sent, entry.Status);
        Assert.Equal("Task TASK7 was created", entry.Subject);
        Assert.NotNull(entry.SentAt);
        var raised = Assert.Single(silo.Relay.Taken);
        Assert.Equal(("notification_sent", "1001", $"notifications/{entry.NotificationId}", 1L), (raised.Type, raised.Key, raised.Subject, raised.Sequence));
        Assert.Equal("event-1", JsonElement.Parse(raised.Payload).GetProperty("sourceEventId").GetString());
    }

    [Fact]
    public async Task A_repeated_event_inserts_and_raises_nothing()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        (string, string, string)[] batch =
        [
            ("event-1", "task_created", """{"userId":1001,"taskId":7}"""),
            ("event-1", "task_created", """{"userId":1001,"taskId":7}"""),
            ("event-2", "task_cancelled", """{"userId":1001,"taskId":7}"""),
        ];

        await silo.TakeAsync(batch);
        await silo.TakeAsync(batch);

        var page = await silo.Queries.List(new NotificationFilter(), new(50, null, 0));
        Assert.Equal(["event-2", "event-1"], page.Items.Select(item => item.EventId));
        Assert.Equal(2, silo.Relay.Taken.Count);
    }

    [Fact]
    public async Task A_rejected_event_holds_up_none_of_its_batch()
    {
        await using var silo = await NotificationSilo.StartAsync(server);

        var rejected = await silo.TakeAsync(
            ("event-1", "task_created", """{"taskId":7}"""),
            ("event-2", "task_created", """{"userId":1001,"taskId":7}"""),
            ("event-3", "who_knows", "null"),
            ("event-4", "task_failed", """{"userId":1001,"taskId":7,"errorMessage":"\u0000"}"""));

        Assert.Equal(["event-1", "event-4"], rejected.Select(one => one.Event.Id));
        Assert.Contains("userId", rejected[0].Reason, StringComparison.Ordinal);
        Assert.Equal("event-2", Assert.Single((await silo.Queries.List(new NotificationFilter(), new(50, null, 0))).Items).EventId);
    }

    [Fact]
    public async Task An_inbox_template_that_fails_holds_up_no_mail_and_the_built_in_line_takes_its_place()
    {
        using var folder = new TemplateFolder();
        // It renders the sample, which has a scope.
        folder.Write("account_locked/inapp/en/subject.liquid", "{% assign n = scope | size %}{{ 1 | divided_by: n }}");
        await using var silo = await NotificationSilo.StartAsync(server, null, ("Notifications:TemplateFolder", folder.Path));

        Assert.Empty(await silo.TakeAsync(("event-1", "account_locked", """{"userId":1001}""")));

        var entry = await silo.FindAsync("event-1", Channels.InApp);
        var shipped = TemplateFolder.Shipped().Render("account_locked", Channels.InApp, "en", """{"userId":1001}""").Subject;
        Assert.Equal((NotificationStatuses.Sent, shipped), (entry.Status, entry.Subject));
        Assert.Equal("account_locked", (await silo.FindAsync("event-1", Channels.Email)).EventType);
    }

    [Fact]
    public async Task Every_topic_that_has_something_to_tell_is_read()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        var told = NotificationRules.All.Select(rule => rule.EventType).ToHashSet();

        var topics = typeof(DomainEvent).Assembly.GetTypes().Select(type => type.GetCustomAttribute<EventAttribute>())
            .OfType<EventAttribute>().Where(declared => told.Contains(declared.Type)).Select(declared => declared.Topic).Distinct().Order();

        Assert.Equal(topics, silo.Handler.Topics.Order());
    }

    [Fact]
    public async Task A_large_batch_takes_ids_of_many_blocks()
    {
        await using var silo = await NotificationSilo.StartAsync(server);

        await silo.TakeAsync([.. Enumerable.Range(0, 300).Select(i => ($"event-{i}", "task_created", """{"userId":1001,"taskId":7}"""))]);

        var page = await silo.Queries.List(new NotificationFilter(), new(200, null, 0));
        Assert.Equal(300, page.Total);
        Assert.Equal(1299, page.Items[0].NotificationId);
    }
}
