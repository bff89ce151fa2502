using System.Text;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Users;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Bounces;
using Airliner.Notifications.Silo.Storage;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Notifications.Tests.Bounces;

/// <summary>What becomes of mails that come back, and of the addresses that they went to.</summary>
public sealed class BounceTests(PostgresServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_that_comes_back_has_failed()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        var id = await SendAsync(silo);

        await silo.Bounces.Take([new(id, null, BounceTypes.Hard, "550 5.1.1\r\nno such mailbox")]);
        await silo.Bounces.Take([new(id, null, BounceTypes.Hard, "550 5.1.1\r\nno such mailbox")]);

        var failed = (await silo.Notification(id).Get())!;
        Assert.Equal((NotificationStatuses.Failed, "550 5.1.1  no such mailbox"), (failed.Status, failed.ErrorMessage));
        Assert.NotNull(failed.SentAt);
        var raised = Assert.Single(silo.Relay.Taken, one => one.Type == "notification_failed");
        Assert.Contains("no such mailbox", Encoding.UTF8.GetString(raised.Payload), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BounceTypes.Hard, NotificationStatuses.Failed, "come back: 550")]
    [InlineData(BounceTypes.Complaint, NotificationStatuses.Sent, "spam: 550")]
    public async Task To_an_address_that_mails_come_back_from_or_that_calls_them_spam_go_security_mails_alone(string type, string status, string obstacle)
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        var id = await SendAsync(silo);

        await silo.Bounces.Take([new(id, null, type, "550 5.1.1")]);

        Assert.Equal(status, (await silo.Notification(id).Get())!.Status);
        Assert.Contains(obstacle, (await SuppressedAsync(silo)).ErrorMessage, StringComparison.Ordinal);
        await silo.TakeAsync(("event-9", "user_password_changed", """{"userId":1001}"""));
        await WaitForMailsAsync(silo, 2);
    }

    [Fact]
    public async Task A_soft_bounce_changes_nothing()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        var id = await SendAsync(silo);

        await silo.Bounces.Take([new(id, "ada@example.org", BounceTypes.Soft, "mailbox full")]);

        Assert.Equal(NotificationStatuses.Sent, (await silo.Notification(id).Get())!.Status);
        await silo.TakeAsync(("event-9", "user_registered", """{"userId":1001}"""));
        await WaitForMailsAsync(silo, 2);
    }

    [Fact]
    public async Task A_bounce_of_another_installation_s_mail_is_none_of_the_notification_of_that_number()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        var id = await SendAsync(silo);

        await silo.Bounces.Take([new(id, "bea@example.org", BounceTypes.Hard, "gone", "airliner.example.net")]);
        Assert.Equal(NotificationStatuses.Sent, (await silo.Notification(id).Get())!.Status);

        await silo.Bounces.Take([new(id, null, BounceTypes.Hard, "gone", "Airliner.EXAMPLE")]);
        Assert.Equal(NotificationStatuses.Failed, (await silo.Notification(id).Get())!.Status);
    }

    [Fact]
    public async Task An_address_is_marked_without_its_notification_whatever_its_case_and_a_hard_bounce_outweighs_a_complaint()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "Ada@Example.org");

        await silo.Bounces.Take(
            [new(null, "ada@EXAMPLE.org", BounceTypes.Hard, "gone"), new(null, "ADA@example.org", BounceTypes.Complaint, "abuse"), new(999_999, null, BounceTypes.Hard, "nobody's")]);
        await silo.Bounces.Take([new(null, "ada@example.org", BounceTypes.Complaint, "abuse")]);

        Assert.Contains("come back: gone", (await SuppressedAsync(silo)).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_that_was_forwarded_and_came_back_marks_the_address_that_it_was_sent_to()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        var id = await SendAsync(silo);

        await silo.Bounces.Take([new(id, "ada@forwarded.example", BounceTypes.Hard, "gone")]);

        Assert.Contains("gone", (await SuppressedAsync(silo)).ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(["ada@example.org"], await MarkedAsync(silo));
    }

    [Fact]
    public async Task A_mail_of_a_user_who_was_deleted_that_comes_back_late_marks_nobody()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        var id = await SendAsync(silo);
        await silo.Notification(id).Erase();

        await silo.Bounces.Take([new(id, "ada@example.org", BounceTypes.Hard, "gone")]);

        Assert.Empty(await MarkedAsync(silo));
    }

    private static async Task<List<string>> MarkedAsync(NotificationSilo silo)
    {
        await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
        await using var command = database.CreateCommand("select address from bounced_addresses");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var marked = new List<string>();
        while (await reader.ReadAsync(Cancel))
            marked.Add(reader.GetString(0));
        return marked;
    }

    [Fact]
    public async Task A_redrive_of_the_mail_that_came_back_trusts_its_address_again()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        var id = await SendAsync(silo);
        await silo.Bounces.Take([new(id, null, BounceTypes.Hard, "no such mailbox")]);

        var result = await silo.Notification(id).Redrive("command-1");
        await WaitForSentAsync(silo, id, attempts: 2);

        Assert.Equal(RedriveOutcome.Redriven, result.Outcome);
        await silo.TakeAsync(("event-9", "user_registered", """{"userId":1001}"""));
        await WaitForMailsAsync(silo, 2);
    }

    [Theory]
    [InlineData(BounceTypes.Hard)]
    [InlineData(BounceTypes.Complaint)]
    public async Task A_late_bounce_of_the_mail_before_a_redrive_is_none_of_the_mail_after_it(string late)
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        var id = await SendAsync(silo);
        const string Domain = "airliner.example";
        await silo.Bounces.Take([new(id, null, BounceTypes.Hard, "no such mailbox", Domain)]);
        Assert.Equal(NotificationStatuses.Failed, (await silo.Notification(id).Get())!.Status);
        await silo.Notification(id).Redrive("command-1");
        await WaitForSentAsync(silo, id, attempts: 2);

        await silo.Bounces.Take([new(id, "ada@example.org", late, "no such mailbox", Domain), new(id, null, late, "no such mailbox", Domain, Round: 7)]);
        Assert.Equal(NotificationStatuses.Sent, (await silo.Notification(id).Get())!.Status);
        Assert.Empty(await MarkedAsync(silo));

        await silo.Bounces.Take([new(id, null, BounceTypes.Hard, "still no such mailbox", Domain, Round: 1)]);
        var failed = (await silo.Notification(id).Get())!;
        Assert.Equal((NotificationStatuses.Failed, "still no such mailbox"), (failed.Status, failed.ErrorMessage));
        Assert.Equal(["ada@example.org"], await MarkedAsync(silo));
    }

    [Theory]
    [InlineData(BounceTypes.Hard, false)]
    [InlineData(BounceTypes.Complaint, false)]
    [InlineData(BounceTypes.Hard, true)]
    public async Task A_redrive_of_a_mail_that_was_kept_back_for_a_mark_trusts_its_address_again(string type, bool isOfVersionBefore)
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "ada@example.org");
        await silo.Bounces.Take([new(null, "ada@example.org", type, "gone")]);
        var id = isOfVersionBefore ? await InsertSuppressedAsync(silo, type) : (await SuppressedAsync(silo)).NotificationId;

        var result = await silo.Notification(id).Redrive("command-1");
        Assert.Equal((RedriveOutcome.Redriven, NotificationStatuses.Pending), (result.Outcome, result.Notification!.Status));
        await WaitForSentAsync(silo, id, attempts: 1);

        Assert.Equal(RedriveOutcome.HasNotFailed, (await silo.Notification(id).Redrive("command-2")).Outcome);
        await silo.TakeAsync(("event-9", "user_registered", """{"userId":1001}"""));
        await WaitForMailsAsync(silo, 2);
    }

    [Fact]
    public async Task A_mail_that_is_not_wanted_is_not_redriven_though_its_address_is_marked()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "ada@example.org");
        await silo.Bounces.Take([new(null, "ada@example.org", BounceTypes.Hard, "gone")]);
        await silo.Recipient(1001).SetPreferences(new() { Channels = CategoryChannels.Default with { Account = [] } });
        await silo.InsertAsync((500, Mail(silo)));
        await silo.SettledAsync(500);

        var result = await silo.Notification(500).Redrive("command-1");

        Assert.Equal((RedriveOutcome.HasNotFailed, NotificationStatuses.Suppressed), (result.Outcome, result.Notification!.Status));
        Assert.Empty(silo.PickedUp);
    }

    [Fact]
    public async Task An_erasure_takes_the_marks_of_the_users_addresses()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        var id = await SendAsync(silo);
        await silo.Bounces.Take([new(id, null, BounceTypes.Hard, "gone"), new(null, "bea@example.org", BounceTypes.Hard, "gone")]);
        silo.Users.Add(1001, "", UserStatus.Deleted);

        await silo.TakeAsync(("event-8", "user_deleted", """{"userId":1001}"""));

        await using var database = RecordsModule.DataSource(silo.ConnectionString);
        var addresses = new BouncedAddresses(database, TimeProvider.System);
        Assert.Null(await addresses.FindAsync("ada@example.org"));
        Assert.NotNull(await addresses.FindAsync("bea@example.org"));
    }

    [Fact]
    public async Task A_bounce_of_long_ago_is_forgotten()
    {
        await using var database = RecordsModule.DataSource(await Schema.CreateAsync(server));
        var time = new FakeTimeProvider();
        var addresses = new BouncedAddresses(database, time);
        using var sweep = new BouncedAddressSweep(database, new BouncedAddressOptions(), new NotificationRetentionOptions(), time, NullLogger<BouncedAddressSweep>.Instance);
        await addresses.MarkAsync([new("old@example.org", BounceTypes.Hard, "gone")]);
        time.Advance(TimeSpan.FromDays(82));
        await addresses.MarkAsync([new("new@example.org", BounceTypes.Hard, "gone")]);
        Assert.Equal(0, await sweep.SweepAsync(Cancel));

        time.Advance(TimeSpan.FromDays(2));

        Assert.Equal(1, await sweep.SweepAsync(Cancel));
        Assert.Null(await addresses.FindAsync("old@example.org"));
        Assert.NotNull(await addresses.FindAsync("new@example.org"));
    }

    /// <summary>Sends Ada a mail.</summary>
    private static async Task<long> SendAsync(NotificationSilo silo)
    {
        silo.Users.Add(1001, "ada@example.org");
        await silo.TakeAsync(("event-1", "user_registered", """{"userId":1001,"firstName":"Ada"}"""));
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);
        return (await silo.FindAsync("event-1", Channels.Email)).NotificationId;
    }

    /// <summary>Another mail to Ada, which does not go.</summary>
    private static async Task<NotificationView> SuppressedAsync(NotificationSilo silo)
    {
        await silo.TakeAsync(("event-2", "user_registered", """{"userId":1001}"""));
        var id = (await silo.FindAsync("event-2", Channels.Email)).NotificationId;
        await silo.SettledAsync(id);
        var notification = (await silo.Notification(id).Get())!;
        Assert.Equal((NotificationStatuses.Suppressed, 0), (notification.Status, notification.Attempts));
        return notification;
    }

    /// <summary>The same as a version before has left it, which named no address.</summary>
    private static async Task<long> InsertSuppressedAsync(NotificationSilo silo, string type)
    {
        var mark = new BouncedAddress("ada@example.org", type, "gone");
        await silo.InsertAsync((500, Mail(silo).Suppressed(mark.Obstacle(NotificationCategories.Account)!)));
        return 500;
    }

    private static NotificationState Mail(NotificationSilo silo) => NotificationState.Pending(
        "event-1", "user_registered", Channels.Email, new(NotificationCategories.Account, [Channels.Email], 1001, """{"userId":1001}""", null), silo.Clock.Now());

    private static async Task WaitForSentAsync(NotificationSilo silo, long id, int attempts)
    {
        while (await silo.Notification(id).Get() is not { Status: NotificationStatuses.Sent } sent || sent.Attempts != attempts)
            await silo.SettledAsync(id);
    }

    private static async Task WaitForMailsAsync(NotificationSilo silo, int count)
    {
        foreach (var item in (await silo.Queries.List(new(Channel: Channels.Email, Status: NotificationStatuses.Pending), new(50, null, 0))).Items)
            await silo.SettledAsync(item.NotificationId);
        Assert.Equal(count, silo.PickedUp.Count());
    }
}
