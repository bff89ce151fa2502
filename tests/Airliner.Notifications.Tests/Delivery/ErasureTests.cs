using Airliner.Contracts.Notifications;
using Airliner.Contracts.Users;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Notifications.Tests.Delivery;

/// <summary>What becomes of notifications when their user was deleted.</summary>
public sealed class ErasureTests(PostgresServer server)
{
    private static readonly (string Id, string Type, string Value) _registered =
        ("event-1", "user_registered", """{"userId":1001,"username":"ada","firstName":"Ada","email":"ada@example.org"}""");

    private static readonly (string Id, string Type, string Value) _deleted = ("event-9", "user_deleted", """{"userId":1001}""");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Id_event_channel_and_status_stay_and_the_mail_goes()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "ada@example.org");
        silo.Users.Add(1002, "bea@example.org");
        await silo.TakeAsync(_registered, ("event-2", "user_registered", """{"userId":1002,"firstName":"Bea"}"""));
        await silo.RaisedAsync(one => one.Type == "notification_sent" && one.Key == "1001", Cancel);
        await silo.RaisedAsync(one => one.Type == "notification_sent" && one.Key == "1002", Cancel);
        silo.Users.Add(1001, "", UserStatus.Deleted);

        Assert.Empty(await silo.TakeAsync(_deleted));
        Assert.Empty(await silo.TakeAsync(_deleted));

        var erased = await silo.FindAsync("event-1", Channels.Email);
        Assert.Equal(("user_registered", NotificationStatuses.Sent, null, null), (erased.EventType, erased.Status, erased.Recipient, erased.Subject));
        var attempt = Assert.Single(erased.Deliveries!);
        Assert.Equal(("folder", null, null), (attempt.Provider, attempt.Error, attempt.ProviderAnswer));
        var kept = await silo.FindAsync("event-2", Channels.Email);
        Assert.Equal("bea@example.org", kept.Recipient);
        Assert.Equal($"notification-{kept.NotificationId}.eml", Path.GetFileName(Assert.Single(silo.PickedUp)));
    }

    [Fact]
    public async Task One_that_waits_is_never_sent()
    {
        await using var smtp = new SmtpServer();
        smtp.Plan(SmtpBehaviour.DeferRecipient);
        await using var silo = await NotificationSilo.StartAsync(server, smtp, ("Notifications:Delivery:FirstDelay", "01:00:00"));
        silo.Users.Add(1001, "ada@example.org");
        await silo.TakeAsync(_registered);
        while ((await silo.FindAsync("event-1", Channels.Email)).Attempts == 0)
            await Task.Yield();
        silo.Users.Add(1001, "", UserStatus.Deleted);

        await silo.TakeAsync(_deleted);

        var erased = await silo.FindAsync("event-1", Channels.Email);
        Assert.Equal((NotificationStatuses.Suppressed, null, null, null), (erased.Status, erased.Recipient, erased.Subject, erased.ErrorMessage));
        Assert.Empty(smtp.Taken);
    }

    [Fact]
    public async Task An_event_that_comes_after_the_erasure_makes_none_and_holds_up_no_other()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "", UserStatus.Deleted);
        await silo.TakeAsync(_deleted);

        Assert.Empty(await silo.TakeAsync(
            ("event-10", "task_failed", """{"userId":1001,"taskId":7,"errorMessage":"no column Ada"}"""), ("event-11", "task_created", """{"userId":1002,"taskId":8}""")));

        Assert.Equal("event-11", Assert.Single((await silo.Queries.List(new NotificationFilter(), new(50, null, 0))).Items).EventId);
    }

    [Fact]
    public async Task A_deletion_of_a_user_who_lives_or_never_was_is_refused()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "ada@example.org");
        await silo.TakeAsync(_registered);

        var rejected = await silo.TakeAsync(_deleted, ("event-12", "user_deleted", """{"userId":1003}"""), ("event-13", "user_deleted", "{}"));

        Assert.Equal(["event-9", "event-12", "event-13"], rejected.Select(one => one.Event.Id));
        await silo.RaisedAsync(one => one.Type == "notification_sent" && one.Key == "1001", Cancel);
    }
}
