using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Silo.Storage;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Airliner.Notifications.Tests.Storage;

public sealed class NotificationSweepTests(PostgresServer server)
{
    private static readonly DateTimeOffset _now = TimeProvider.System.Now();
    private static readonly DateTimeOffset _old = _now.AddDays(-91);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Notifications_that_ended_are_removed_when_they_are_old_and_those_that_wait_or_were_redriven_lately_are_not()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        await silo.InsertAsync(
            (501, Made("an entry", Channels.InApp, _old).Posted(501, "subject", _old)),
            (502, Made("a dead mail", Channels.Email, _old) with { Status = NotificationStatuses.Dead, NextAttemptAt = null }),
            (503, Made("a mail of none", Channels.Email, _old).Suppressed("not wanted")),
            (504, Made("a mail that waits", Channels.Email, _old).DueAt(_now.AddDays(1))),
            (505, Made("a new entry", Channels.InApp, _now.AddDays(-89)).Posted(505, "subject", _now)),
            (506, Made("a redriven mail", Channels.Email, _old) with { Status = NotificationStatuses.Sent, NextAttemptAt = null, RedrivenAt = _now.AddDays(-10) }));
        await using var database = RecordsModule.DataSource(silo.ConnectionString);
        using var sweep = new NotificationSweep(database, new(), TimeProvider.System, NullLogger<NotificationSweep>.Instance);

        Assert.Equal(3, await sweep.SweepAsync(Cancel));

        var left = await silo.Queries.List(new NotificationFilter(), new(200, null, 0));
        Assert.Equal(["a mail that waits", "a new entry", "a redriven mail"], left.Items.Select(one => one.EventId).Order());
        Assert.Equal(0, await sweep.SweepAsync(Cancel));
    }

    [Fact]
    public async Task A_mail_in_the_pickup_folder_goes_after_its_notification()
    {
        await using var silo = await NotificationSilo.StartAsync(server);
        await silo.InsertAsync((601, Made("a mail that is kept", Channels.Email, _old) with { Status = NotificationStatuses.Sent, NextAttemptAt = null }));
        await using var database = RecordsModule.DataSource(silo.ConnectionString);
        var path = Directory.CreateTempSubdirectory("airliner-mail-").FullName;
        var folder = new PickupFolder(path, Outgoing.Composer);
        await folder.SendAsync(Outgoing.Mail(601), Cancel);
        await folder.SendAsync(Outgoing.Mail(602), Cancel);
        using var sweep = new PickupSweep(folder, database, TimeProvider.System, NullLogger<PickupSweep>.Instance);

        Assert.Equal(1, await sweep.SweepAsync(Cancel));

        Assert.Equal(601, Assert.Single(folder.Files()).NotificationId);
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public void A_retention_that_would_forget_events_which_can_come_again_is_refused() => Assert.Contains(
        "8 days or more",
        Assert.Throws<InvalidOperationException>(() => new NotificationRetentionOptions { KeptFor = TimeSpan.FromDays(7) }.Checked()).Message,
        StringComparison.Ordinal);

    private static NotificationState Made(string eventId, string channel, DateTimeOffset at) => NotificationState.Pending(
        eventId, "task_failed", channel, new NotificationPlan(NotificationCategories.Tasks, [channel], 1001, """{"userId":1001,"taskId":7}""", null), at);
}
