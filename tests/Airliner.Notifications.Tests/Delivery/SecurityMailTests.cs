using System.Text;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Users;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using MimeKit;
using Npgsql;
using Xunit;

namespace Airliner.Notifications.Tests.Delivery;

/// <summary>Mails whose recipient or content the user's grain alone knows.</summary>
public sealed class SecurityMailTests(PostgresServer server)
{
    private const string Code = "7RWQV-0CC98-S06HA-NMZMA-YGC0VG";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodePurpose.EmailVerification, "user_email_verification_requested")]
    [InlineData(CodePurpose.PasswordReset, "user_password_reset_requested")]
    public async Task A_code_goes_where_the_user_says_and_into_the_mail_alone(CodePurpose purpose, string eventType)
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "ada@example.org");
        silo.Users.Codes[(purpose, "id-1")] = new CodeMail(Code, "new@example.org", new(2025, 1, 2, 3, 4, 5, TimeSpan.Zero));

        await silo.TakeAsync(("event-1", eventType, """{"userId":1001,"codeId":"id-1","code":"forged","firstName":"forged"}"""));
        var raised = await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Equal("new@example.org", (await silo.FindAsync("event-1", Channels.Email)).Recipient);
        using var mail = await MimeMessage.LoadAsync(Assert.Single(silo.PickedUp), Cancel);
        Assert.Equal("\"Ada Lovelace\" <new@example.org>", mail.To.ToString());
        foreach (var part in new[] { mail.TextBody, mail.HtmlBody })
        {
            Assert.Contains(Code, part, StringComparison.Ordinal);
            Assert.Contains("2025-01-02 03:04 UTC", part, StringComparison.Ordinal);
            Assert.Contains("Hello Ada", part, StringComparison.Ordinal);
            Assert.DoesNotContain("forged", part, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Code, mail.Subject, StringComparison.Ordinal);
        Assert.DoesNotContain(Code, Encoding.UTF8.GetString(raised.Payload), StringComparison.Ordinal);
        Assert.DoesNotContain(Code, await RowAsync(silo), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_security_mail_does_not_wait_for_all_that_was_due_before_it()
    {
        await using var silo = await NotificationSilo.StartAsync(server, null, ("Notifications:Delivery:Concurrency", "1"));
        silo.Users.Add(1001, "ada@example.org");
        for (var id = 1L; id <= 900; id++)
            silo.Users.Add(id, $"user{id}@example.org");
        await silo.InsertAsync([.. Enumerable.Range(1, 900).Select(id => ((long)id, NotificationState.Pending(
            $"backlog-{id}", "user_registered", Channels.Email, new(NotificationCategories.Account, [Channels.Email], id, $$"""{"userId":{{id}}}""", null), silo.Clock.Now())))]);
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        await silo.TakeAsync(("event-1", "user_password_changed", """{"userId":1001}"""));
        var urgent = (await silo.FindAsync("event-1", Channels.Email)).NotificationId;
        await silo.RaisedAsync(one => one.Type == "notification_sent" && one.Subject == $"notifications/{urgent}", Cancel);

        Assert.NotEqual(0, (await silo.Queries.List(new(Channel: Channels.Email, Status: NotificationStatuses.Pending), new(50, null, 0))).Total);
    }

    [Fact]
    public async Task A_code_that_is_good_no_more_is_mailed_to_nobody()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "ada@example.org");

        await silo.TakeAsync(("event-1", "user_password_reset_requested", """{"userId":1001,"codeId":"id-1"}"""));
        var notification = await silo.FindAsync("event-1", Channels.Email);
        await silo.SettledAsync(notification.NotificationId);

        Assert.Equal(NotificationStatuses.Suppressed, (await silo.FindAsync("event-1", Channels.Email)).Status);
        Assert.Empty(silo.PickedUp);
    }

    [Fact]
    public async Task A_changed_address_is_told_to_the_one_before_and_in_the_inbox()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "new@example.org");
        silo.Users.FormerEmails[new(2025, 1, 2, 3, 4, 5, 678, 901, TimeSpan.Zero)] = "old@example.org";

        await silo.TakeAsync(("event-1", "user_updated", """{"userId":1001,"changed":["email"],"timestamp":"2025-01-02T03:04:05.678901Z"}"""));
        await silo.RaisedAsync(one => one.Type == "notification_sent" && Encoding.UTF8.GetString(one.Payload).Contains("\"email\"", StringComparison.Ordinal), Cancel);

        Assert.Equal("old@example.org", (await silo.FindAsync("event-1", Channels.Email)).Recipient);
        Assert.Equal("Your e-mail address was changed", (await silo.FindAsync("event-1", Channels.InApp)).Subject);
        using var mail = await MimeMessage.LoadAsync(Assert.Single(silo.PickedUp), Cancel);
        Assert.DoesNotContain("new@example.org", mail.TextBody + mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_never_was_is_told_to_nobody()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        silo.Users.Add(1001, "ada@example.org");

        await silo.TakeAsync(("event-1", "user_updated", """{"userId":1001,"changed":["email"],"timestamp":"2025-01-02T03:04:05Z"}"""));
        var notification = await silo.FindAsync("event-1", Channels.Email);
        await silo.SettledAsync(notification.NotificationId);

        Assert.Equal(NotificationStatuses.Suppressed, (await silo.FindAsync("event-1", Channels.Email)).Status);
        Assert.Empty(silo.PickedUp);
    }

    /// <summary>The whole row, as text.</summary>
    private static async Task<string> RowAsync(NotificationSilo silo)
    {
        await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
        await using var command = database.CreateCommand("select string_agg(notifications::text, '') from notifications");
        return (string)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
