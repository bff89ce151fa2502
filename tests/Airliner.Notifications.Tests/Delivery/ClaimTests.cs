using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Npgsql;
using Orleans.Storage;
using Xunit;

namespace Airliner.Notifications.Tests.Delivery;

/// <summary>A notification's row is claimed before its hand-over: while silos come and go, one notification may have two activations for a moment.</summary>
public sealed class ClaimTests(PostgresServer server) : IAsyncLifetime
{
    private readonly SmtpServer _smtp = new();
    private NotificationSilo _silo = null!;
    private NpgsqlDataSource _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _silo = await NotificationSilo.StartAsync(server, _smtp);
        _silo.Users.Add(1001, "ada@example.org");
        _database = NpgsqlDataSource.Create(_silo.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _silo.DisposeAsync();
        await _smtp.DisposeAsync();
    }

    [Fact]
    public async Task An_activation_that_read_the_row_before_another_claimed_it_hands_nothing_over()
    {
        await InsertAsync(dueIn: TimeSpan.FromHours(1));
        Assert.Equal(NotificationStatuses.Pending, (await _silo.Notification(500).Get())!.Status);
        // As the claim of an activation in another silo does.
        await ExecuteAsync("update notifications set version = version + 1, next_attempt_at = next_attempt_at + interval '1 hour'");
        _silo.Clock.Advance(TimeSpan.FromHours(1));

        await Assert.ThrowsAsync<InconsistentStateException>(() => _silo.Notification(500).Deliver());

        Assert.Empty(_smtp.Taken);
        Assert.Equal((NotificationStatuses.Pending, 0), await StandingAsync());
        _silo.Clock.Advance(TimeSpan.FromHours(1));
        await _silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);
        Assert.Single(_smtp.Taken);
    }

    [Fact]
    public async Task An_activation_that_reads_a_claimed_row_leaves_it_alone_and_reads_it_again_next_time()
    {
        await InsertAsync(dueIn: TimeSpan.FromHours(1));

        await _silo.Notification(500).Deliver();
        Assert.Empty(_smtp.Taken);
        // As another activation does whose attempt has failed.
        await ExecuteAsync("update notifications set version = version + 1, attempts = 1, next_attempt_at = next_attempt_at - interval '2 hours'");
        await _silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Equal((NotificationStatuses.Sent, 2), await StandingAsync());
        Assert.Single(_smtp.Taken);
    }

    [Fact]
    public async Task While_it_is_handed_over_its_row_is_not_due_and_it_is_shown_as_before()
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(200, Until: taken.Task));
        await using var silo = await NotificationSilo.StartAsync(
            server, null, ("Notifications:Push:Providers:0:Url", receiver.Address), ("Notifications:Push:Providers:0:TokenFile", Path.GetTempFileName()),
            ("Notifications:Delivery:SendTimeout", "00:00:40"));
        silo.Users.Add(1001, "ada@example.org");
        var notification = await silo.NotifyAsync(Channels.Push, 1001);
        await receiver.Asked;

        await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
        await using var command = database.CreateCommand("select next_attempt_at from notifications");
        var until = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(Cancel))!);
        var shown = (await notification.Get())!;

        // The operator's provider and the browsers', and 15 seconds.
        Assert.InRange(until - silo.Clock.GetUtcNow(), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(95));
        Assert.Equal((NotificationStatuses.Pending, 0, null), (shown.Status, shown.Attempts, shown.ErrorMessage));
        Assert.Empty(shown.Deliveries!);
        taken.SetResult();
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);
        Assert.Single(receiver.Received);
    }

    [Fact]
    public async Task An_outcome_that_could_not_be_committed_is_when_its_claim_has_ended_and_no_mail_is_sent_again()
    {
        await ExecuteAsync(
            """
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now' using errcode = 'check_violation'; end $$;
            create trigger refuse_sent before update on notifications for each row when (new.status = 'sent') execute function refuse();
            """);
        await InsertAsync(dueIn: TimeSpan.Zero);
        // Behind the sweep's call, if that has handed it over: the outcome is refused again.
        await Assert.ThrowsAnyAsync<Exception>(() => _silo.Notification(500).Deliver());
        Assert.Single(_smtp.Taken);
        Assert.Equal((NotificationStatuses.Pending, 0), await StandingAsync());
        await ExecuteAsync("drop trigger refuse_sent on notifications");

        _silo.Clock.Advance(TimeSpan.FromMinutes(1));
        await _silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Single(_smtp.Taken);
        Assert.Equal((NotificationStatuses.Sent, 1), await StandingAsync());
    }

    private Task InsertAsync(TimeSpan dueIn) => _silo.InsertAsync((500, NotificationState.Pending(
        "event-1", "user_registered", Channels.Email, new(NotificationCategories.Account, [Channels.Email], 1001, """{"userId":1001}""", null), _silo.Clock.Now())
        with
    {
        NextAttemptAt = _silo.Clock.Now() + dueIn,
    }));

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<(string Status, int Attempts)> StandingAsync()
    {
        var view = (await _silo.Notification(500).Get())!;
        return (view.Status, view.Attempts);
    }
}
