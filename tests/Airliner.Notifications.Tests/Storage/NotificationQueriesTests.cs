using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Notifications.Tests.Storage;

public sealed class NotificationQueriesTests(PostgresServer server)
{
    [Fact]
    public async Task A_list_is_paged_newest_first_and_says_how_many_there_are()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        await silo.TakeAsync([.. Enumerable.Range(0, 5).Select(i => ($"event-{i}", "task_created", $$"""{"userId":1001,"taskId":{{i + 1}}}"""))]);

        var first = await silo.Queries.List(new NotificationFilter(), new PageRequest(2, null, 0));
        var second = await silo.Queries.List(new NotificationFilter(), new PageRequest(2, first.Items[^1].NotificationId, 0));
        var last = await silo.Queries.List(new NotificationFilter(), new PageRequest(2, null, 4));

        Assert.Equal(["event-4", "event-3"], first.Items.Select(item => item.EventId));
        Assert.Equal(["event-2", "event-1"], second.Items.Select(item => item.EventId));
        Assert.Equal(["event-0"], last.Items.Select(item => item.EventId));
        Assert.Equal((5, 5, 5), (first.Total, second.Total, last.Total));
        Assert.Equal((true, true, false), (first.HasMore, second.HasMore, last.HasMore));
    }

    [Fact]
    public async Task A_list_shows_what_passes_every_filter()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        await silo.TakeAsync(
            ("event-1", "task_created", """{"userId":1001,"taskId":1}"""),
            ("event-2", "task_failed", """{"userId":1001,"taskId":1,"errorMessage":"no such column"}"""),
            ("event-3", "task_created", """{"userId":1002,"taskId":2}"""));

        async Task<string[]> ListAsync(NotificationFilter filter) =>
            [.. (await silo.Queries.List(filter, new PageRequest(50, null, 0))).Items.Select(item => item.EventId)];

        Assert.Equal(["event-2", "event-1"], await ListAsync(new(UserId: 1001)));
        Assert.Equal(["event-3", "event-1"], await ListAsync(new(EventType: "task_created")));
        Assert.Equal(["event-1"], await ListAsync(new(1001, NotificationStatuses.Sent, Channels.InApp, "task_created")));
        Assert.Empty(await ListAsync(new(Status: NotificationStatuses.Dead)));
        Assert.Empty(await ListAsync(new(Channel: Channels.Sms)));
    }
}
