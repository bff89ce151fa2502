using Airliner.Contracts.Notifications;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Notifications.Tests.Push;
using Airliner.Testing;
using Xunit;

namespace Airliner.Notifications.Tests.Delivery;

/// <summary>Deliveries by several channels and providers.</summary>
public sealed class ChannelDeliveryTests(PostgresServer server)
{
    private static readonly (string Id, string Type, string Value) _registered =
        ("event-1", "user_registered", """{"userId":1001,"username":"ada","firstName":"Ada","email":"ada@example.org"}""");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_that_the_first_server_cannot_take_goes_by_the_second_in_one_attempt()
    {
        await using var first = new SmtpServer();
        await using var second = new SmtpServer();
        first.Plan(SmtpBehaviour.RefuseService);
        await using var silo = await NotificationSilo.StartAsync(
            server, first, ("Smtp:Fallbacks:0:Host", "127.0.0.1"), ("Smtp:Fallbacks:0:Port", $"{second.Port}"));
        silo.Users.Add(1001, "ada@example.org");

        await silo.TakeAsync(_registered);
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        var notification = await silo.FindAsync("event-1", Channels.Email);
        Assert.Equal((NotificationStatuses.Sent, 1, null), (notification.Status, notification.Attempts, notification.ErrorMessage));
        Assert.Equal([$"smtp://127.0.0.1:{first.Port}", $"smtp://127.0.0.1:{second.Port}"], notification.Deliveries!.Select(attempt => attempt.Provider));
        Assert.Contains("554", notification.Deliveries![0].Error, StringComparison.Ordinal);
        Assert.Empty(first.Taken);
        Assert.Single(second.Taken);
    }

    [Fact]
    public async Task A_channel_whose_provider_does_not_answer_holds_up_no_other()
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(200, Until: taken.Task));
        await using var silo = await StartAsync(receiver, ("Notifications:Delivery:Concurrency", "1"), ("Notifications:Delivery:SendTimeout", "00:01:00"));
        silo.Users.Add(1001, "ada@example.org");
        var message = await silo.NotifyAsync(Channels.Push, 1001);
        await receiver.Asked;

        await silo.TakeAsync(_registered);
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Single(silo.PickedUp);
        Assert.Equal(NotificationStatuses.Pending, (await message.Get())!.Status);
        taken.SetResult();
    }

    [Fact]
    public async Task One_user_s_endpoints_that_do_not_answer_leave_room_for_other_users()
    {
        const int Messages = 20;
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await PushService.StartAsync();
        await using var silo = await NotificationSilo.StartAsync(
            server, null, ("Outbound:AllowedHosts", service.Host), ("Push:AnswersWithin", "00:01:00"), ("Notifications:Delivery:SendTimeout", "00:01:00"),
            ("Notifications:Delivery:Concurrency", "6"), ("Notifications:Delivery:PageSize", "8"), ("Notifications:Delivery:PollInterval", "01:00:00"));
        var (ada, bea) = (service.NewEndpoint(until: answers.Task), service.NewEndpoint());
        await SubscribeAsync(silo, 1001, ada);
        await SubscribeAsync(silo, 1002, bea);

        await silo.TakeAsync([.. Enumerable.Range(1, Messages).Select(i => ($"event-{i}", "task_failed", """{"userId":1001,"taskId":7}"""))]);
        await silo.TakeAsync(("event-99", "task_failed", """{"userId":1002,"taskId":8}"""));
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Single(service.Of(bea));
        Assert.InRange(service.Of(ada).Count, 0, 4);
        Assert.Equal(NotificationStatuses.Sent, (await silo.FindAsync("event-99", Channels.Push)).Status);
        // Each that ends has the next one claimed, though nobody looks for an hour.
        answers.SetResult();
        await silo.RaisedAsync(_ => silo.Relay.Taken.Count(one => one.Type == "notification_sent") == Messages + 1, Cancel);
        Assert.Equal(Messages, service.Of(ada).Count);
    }

    [Fact]
    public async Task A_message_is_sent_when_its_provider_has_taken_it_and_not_before()
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(200, Until: taken.Task));
        await using var silo = await StartAsync(receiver);
        silo.Users.Add(1001, "ada@example.org");

        var notification = await silo.NotifyAsync(Channels.Push, 1001);
        await receiver.Asked;
        Assert.Equal(NotificationStatuses.Pending, (await notification.Get())!.Status);
        Assert.Empty(silo.Relay.Taken);
        taken.SetResult();
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        var sent = (await notification.Get())!;
        Assert.Equal((NotificationStatuses.Sent, "1001", 1), (sent.Status, sent.Recipient, sent.Attempts));
        Assert.Contains("\"to\":\"1001\"", Assert.Single(receiver.Received).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_tried_again_has_the_same_key()
    {
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(503), new PlannedAnswer(500));
        await using var silo = await StartAsync(receiver);
        silo.Users.Add(1001, "ada@example.org");

        var notification = await silo.NotifyAsync(Channels.Push, 1001);
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Equal(3, (await notification.Get())!.Attempts);
        Assert.Equal(3, receiver.Received.Count);
        Assert.Equal($"notification-{(await notification.Get())!.NotificationId}", Assert.Single(receiver.Received.Select(request => request.Headers["Idempotency-Key"]).Distinct()));
    }

    [Fact]
    public async Task A_message_that_its_provider_refuses_is_dead_at_once()
    {
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(422, "no device"));
        await using var silo = await StartAsync(receiver);
        silo.Users.Add(1001, "ada@example.org");

        var notification = await silo.NotifyAsync(Channels.Push, 1001);
        await silo.RaisedAsync(one => one.Type == "notification_failed", Cancel);

        var dead = (await notification.Get())!;
        Assert.Equal((NotificationStatuses.Dead, 1, "422 no device"), (dead.Status, dead.Attempts, dead.ErrorMessage));
        Assert.Single(receiver.Received);
    }

    [Fact]
    public async Task A_channel_without_a_provider_says_what_to_configure()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "ada@example.org");

        var notification = await silo.NotifyAsync(Channels.Sms, 1001);
        await silo.SettledAsync(notification.GetPrimaryKeyLong());

        var suppressed = (await notification.Get())!;
        Assert.Equal((NotificationStatuses.Suppressed, 0), (suppressed.Status, suppressed.Attempts));
        Assert.Contains("Notifications:sms:Providers", suppressed.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(silo.Relay.Taken);
    }

    [Fact]
    public async Task Nobody_texts_a_user_without_a_phone_number()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        await using var silo = await NotificationSilo.StartAsync(
            server, null, ("Notifications:Sms:Providers:0:Url", receiver.Address), ("Notifications:Sms:Providers:0:TokenFile", NotificationSilo.TokenFile));
        silo.Users.Add(1001, "ada@example.org");

        var notification = await silo.NotifyAsync(Channels.Sms, 1001);
        await silo.SettledAsync(notification.GetPrimaryKeyLong());

        var suppressed = (await notification.Get())!;
        Assert.Equal((NotificationStatuses.Suppressed, "The user has no phone number."), (suppressed.Status, suppressed.ErrorMessage));
        Assert.Empty(receiver.Received);
    }

    [Theory]
    [InlineData(Channels.Email)]
    [InlineData(Channels.Sms)]
    public async Task What_a_task_says_goes_to_no_address_and_no_phone_of_a_user_who_has_not_verified_the_address(string channel)
    {
        await using var receiver = await HttpReceiver.StartAsync();
        await using var silo = await NotificationSilo.StartAsync(
            server, null, ("Notifications:Sms:Providers:0:Url", receiver.Address), ("Notifications:Sms:Providers:0:TokenFile", NotificationSilo.TokenFile));
        silo.Users.Add(1001, "stranger@example.org", isVerified: false);
        await silo.Recipient(1001).SetPreferences(new() { Channels = CategoryChannels.Default with { Tasks = [channel] }, Phone = "+4712345678" });

        await silo.TakeAsync(("event-1", "task_failed", """{"userId":1001,"taskId":7,"errorMessage":"go to https://example.net"}"""));

        var suppressed = await silo.DeliveredAsync("event-1", channel);
        Assert.Equal((NotificationStatuses.Suppressed, "The user has not verified the e-mail address."), (suppressed.Status, suppressed.ErrorMessage));
        Assert.Empty(receiver.Received);
    }

    private Task<NotificationSilo> StartAsync(HttpReceiver receiver, params (string Key, string Value)[] settings) => NotificationSilo.StartAsync(
        server, null, [("Notifications:Push:Providers:0:Url", receiver.Address), ("Notifications:Push:Providers:0:TokenFile", NotificationSilo.TokenFile), .. settings]);

    /// <summary>Adds a user with one browser, who wants to be told of tasks there and not otherwise.</summary>
    private static async Task SubscribeAsync(NotificationSilo silo, long userId, string endpoint)
    {
        silo.Users.Add(userId, $"user{userId}@example.org");
        await silo.Recipient(userId).SetPreferences(new() { Channels = CategoryChannels.Default with { Tasks = [Channels.Push] } });
        await silo.Grains.GetGrain<IUserPushSubscriptionsGrain>(userId).Add(new Browser().SubscribeAt(endpoint));
    }
}
