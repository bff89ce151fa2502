using System.Text;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Users;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using MimeKit;
using Orleans.Storage;
using Xunit;

namespace Airliner.Notifications.Tests.Delivery;

public sealed class DeliveryTests(PostgresServer server)
{
    private static readonly (string Id, string Type, string Value) _registered =
        ("event-1", "user_registered", """{"userId":1001,"username":"ada","firstName":"Ada","email":"forged@example.org"}""");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_goes_to_the_address_that_the_user_has()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "ada@example.org");

        await silo.TakeAsync(_registered);
        var raised = await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        var notification = await silo.FindAsync("event-1", Channels.Email);
        Assert.Equal((NotificationStatuses.Sent, "ada@example.org", "Welcome to Airliner, Ada", 1),
            (notification.Status, notification.Recipient, notification.Subject, notification.Attempts));
        var attempt = Assert.Single(notification.Deliveries!);
        Assert.Equal(("folder", null, $"notification-{notification.NotificationId}.eml"), (attempt.Provider, attempt.Error, attempt.ProviderAnswer));
        var mail = await MimeMessage.LoadAsync(Assert.Single(silo.PickedUp), Cancel);
        Assert.Equal("\"Ada Lovelace\" <ada@example.org>", mail.To.ToString());
        Assert.Contains("Hello Ada", mail.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("Hello", Encoding.UTF8.GetString(raised.Payload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_that_is_deferred_is_tried_again_and_sent_once()
    {
        await using var smtp = new SmtpServer();
        smtp.Plan(SmtpBehaviour.DeferRecipient);
        await using var silo = await NotificationSilo.StartAsync(server, smtp);
        silo.Users.Add(1001, "ada@example.org");

        await silo.TakeAsync(_registered);
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        var notification = await silo.FindAsync("event-1", Channels.Email);
        Assert.Equal(2, notification.Attempts);
        Assert.Contains("451", notification.Deliveries![0].Error, StringComparison.Ordinal);
        Assert.Null(notification.Deliveries[1].Error);
        Assert.Null(notification.ErrorMessage);
        Assert.Equal($"notification-{notification.NotificationId}@airliner.example", Assert.Single(smtp.Taken).MessageId);
        Assert.Single(silo.Relay.Taken);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_a_failure_for_now()
    {
        await using var smtp = new SmtpServer();
        smtp.Plan(SmtpBehaviour.Drop, SmtpBehaviour.RefuseService);
        await using var silo = await NotificationSilo.StartAsync(server, smtp);
        silo.Users.Add(1001, "ada@example.org");

        await silo.TakeAsync(_registered);
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Equal(3, (await silo.FindAsync("event-1", Channels.Email)).Attempts);
        Assert.Single(smtp.Taken);
    }

    [Fact]
    public async Task A_mail_that_is_refused_is_dead_and_not_tried_again()
    {
        await using var smtp = new SmtpServer();
        smtp.Plan(SmtpBehaviour.RefuseRecipient);
        await using var silo = await NotificationSilo.StartAsync(server, smtp);
        silo.Users.Add(1001, "gone@example.org");

        await silo.TakeAsync(_registered);
        await silo.RaisedAsync(one => one.Type == "notification_failed", Cancel);

        var notification = await silo.FindAsync("event-1", Channels.Email);
        await silo.SettledAsync(notification.NotificationId);
        notification = await silo.FindAsync("event-1", Channels.Email);
        Assert.Equal((NotificationStatuses.Dead, 1), (notification.Status, notification.Attempts));
        Assert.StartsWith("550", notification.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(smtp.Taken);
    }

    [Fact]
    public async Task A_mail_that_is_out_of_time_is_dead()
    {
        await using var smtp = new SmtpServer();
        smtp.Plan(SmtpBehaviour.DeferRecipient);
        await using var silo = await NotificationSilo.StartAsync(server, smtp, ("Notifications:Delivery:GiveUpAfter", "00:00:00"));
        silo.Users.Add(1001, "ada@example.org");

        await silo.TakeAsync(_registered);
        await silo.RaisedAsync(one => one.Type == "notification_failed", Cancel);

        Assert.Equal(NotificationStatuses.Dead, (await silo.FindAsync("event-1", Channels.Email)).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(UserStatus.Disabled)]
    public async Task Nobody_writes_to_a_user_who_is_gone_or_disabled(string? status)
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        if (status is not null)
            silo.Users.Add(1001, "ada@example.org", status);

        await silo.TakeAsync(_registered);
        var id = (await silo.FindAsync("event-1", Channels.Email)).NotificationId;
        await silo.SettledAsync(id);

        var notification = (await silo.Notification(id).Get())!;
        Assert.Equal((NotificationStatuses.Suppressed, 0), (notification.Status, notification.Attempts));
        Assert.NotEmpty(notification.ErrorMessage!);
        Assert.Empty(silo.PickedUp);
        Assert.Empty(silo.Relay.Taken);
    }

    [Fact]
    public async Task A_notification_that_does_not_exist_is_none_and_delivers_nothing()
    {
        await using var silo = await NotificationSilo.StartAsync(server);

        await silo.Notification(999_999).Deliver();

        Assert.Null(await silo.Notification(999_999).Get());
        Assert.Empty(silo.PickedUp);
    }

    [Fact]
    public async Task A_notification_that_was_asked_for_too_early_is_found_once_it_is_there()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        Assert.Null(await silo.Notification(1000).Get());

        await silo.TakeAsync(("event-1", "task_created", """{"userId":1001,"taskId":7}"""));

        Assert.Equal("event-1", (await silo.Notification(1000).Get())?.EventId);
    }

    [Fact]
    public async Task A_mail_is_sent_once_however_many_deliver_it_at_once()
    {
        await using var smtp = new SmtpServer();
        await using var silo = await NotificationSilo.StartAsync(server, smtp);
        silo.Users.Add(1001, "ada@example.org");

        await silo.TakeAsync(_registered);
        var id = (await silo.FindAsync("event-1", Channels.Email)).NotificationId;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => TryDeliverAsync()));
        await silo.SettledAsync(id);

        Assert.Equal(NotificationStatuses.Sent, (await silo.Notification(id).Get())!.Status);
        Assert.Single(smtp.Taken);

        async Task TryDeliverAsync()
        {
            try
            {
                await silo.Notification(id).Deliver();
            }
            catch (InconsistentStateException)
            {
                // The sweep has claimed it since its grain read it.
            }
        }
    }

    [Fact]
    public async Task Deliveries_go_on_after_the_database_was_away()
    {
        await using var own = new OwnPostgres();
        await own.Server.InitializeAsync();
        await using var silo = await NotificationSilo.StartAsync(own.Server);
        silo.Users.Add(1001, "ada@example.org");

        await own.Server.RestartAsync();
        await TakeAgainAsync(silo);
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Single(silo.PickedUp);
    }

    /// <summary>Takes the event as the consumer has it taken: again while that fails.</summary>
    private static async Task TakeAgainAsync(NotificationSilo silo)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        for (var tries = 0; ; tries++)
        {
            try
            {
                await silo.TakeAsync(_registered);
                return;
            }
            catch (Exception) when (tries < 100)
            {
                await timer.WaitForNextTickAsync(Cancel);
            }
        }
    }

    private sealed class OwnPostgres : IAsyncDisposable
    {
        public PostgresServer Server { get; } = new();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
