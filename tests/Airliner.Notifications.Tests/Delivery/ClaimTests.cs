using System.Collections.Immutable;
using System.Net;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Silo.Delivery;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Orleans.Storage;
using Xunit;

namespace Airliner.Notifications.Tests.Delivery;

/// <summary>A notification's row is claimed before its hand-over: while silos come and go, two may find it due, or it may have two activations for a moment.</summary>
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
        await using var silo = await PushingToAsync(receiver, ("Notifications:Delivery:SendTimeout", "00:00:40"));
        var notification = await silo.NotifyAsync(Channels.Push, 1001);
        await receiver.Asked;

        await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
        await using var command = database.CreateCommand("select next_attempt_at from notifications");
        var until = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(Cancel))!);
        var shown = (await notification.Get())!;

        // The operator's provider and the browsers', 15 seconds, and 15 for its turn.
        Assert.InRange(until - silo.Clock.GetUtcNow(), TimeSpan.FromSeconds(96), TimeSpan.FromSeconds(110));
        Assert.Equal((NotificationStatuses.Pending, 0, null), (shown.Status, shown.Attempts, shown.ErrorMessage));
        Assert.Empty(shown.Deliveries!);
        taken.SetResult();
        await silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);
        Assert.Single(receiver.Received);
    }

    [Theory]
    [InlineData(600, 3)]
    [InlineData(40, 4)]
    public async Task Whoever_has_claimed_it_has_it_delivered_once_and_a_claim_that_ends_too_soon_is_made_anew(int seconds, long version)
    {
        await InsertAsync(dueIn: TimeSpan.FromHours(1));
        // Read by an activation before the claim.
        Assert.Equal((NotificationStatuses.Pending, 0), await StandingAsync());
        var claim = await ClaimAsync(TimeSpan.FromSeconds(seconds));

        await Task.WhenAll(_silo.Notification(500).Deliver(claim), _silo.Notification(500).Deliver(claim));

        Assert.Equal((NotificationStatuses.Sent, 1), await StandingAsync());
        Assert.Single(_smtp.Taken);
        // Its insertion, the claim, another where that was too short, and the outcome.
        await using var command = _database.CreateCommand("select version from notifications");
        Assert.Equal(version, await command.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task A_claim_is_good_for_nothing_once_the_row_was_written_again()
    {
        await InsertAsync(dueIn: TimeSpan.FromHours(1));
        var claim = await ClaimAsync(TimeSpan.FromMinutes(1));
        await ClaimAsync(TimeSpan.FromHours(1));

        await _silo.Notification(500).Deliver(claim);

        Assert.Empty(_smtp.Taken);
        Assert.Equal((NotificationStatuses.Pending, 0), await StandingAsync());
    }

    [Fact]
    public async Task What_was_claimed_since_it_was_read_is_erased_all_the_same()
    {
        await InsertAsync(dueIn: TimeSpan.FromHours(1));
        Assert.Equal((NotificationStatuses.Pending, 0), await StandingAsync());
        var claim = await ClaimAsync(TimeSpan.FromHours(1));

        await _silo.Notification(500).Erase();
        await _silo.Notification(500).Deliver(claim);

        Assert.Equal((NotificationStatuses.Suppressed, 0), await StandingAsync());
        Assert.Empty(_smtp.Taken);
    }

    [Fact]
    public async Task What_was_claimed_and_never_called_is_delivered_when_the_claim_has_ended()
    {
        await InsertAsync(dueIn: TimeSpan.FromHours(1));
        await ClaimAsync(TimeSpan.FromMinutes(1));

        _silo.Clock.Advance(TimeSpan.FromMinutes(1));
        await _silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Single(_smtp.Taken);
    }

    [Fact]
    public async Task What_was_claimed_by_a_silo_that_died_is_delivered_at_once_when_the_cluster_knows_and_a_living_one_s_claims_stay()
    {
        var (dead, living) = (SiloAddress.New(IPAddress.Loopback, 11_111, 1), SiloAddress.New(IPAddress.Loopback, 11_111, 2));
        await InsertAsync(500, dueIn: TimeSpan.FromHours(1));
        await InsertAsync(501, dueIn: TimeSpan.FromHours(1));
        await ClaimAsync(TimeSpan.FromSeconds(30), dead, 500);
        await ClaimAsync(TimeSpan.FromSeconds(30), living, 501);

        using var claims = new DeadSiloClaims(
            _silo.Services.GetRequiredService<DueNotifications>(), new KnownMembers((dead, SiloStatus.Dead), (living, SiloStatus.Active)),
            _silo.Services.GetRequiredService<DeliverySignal>(), NullLogger<DeadSiloClaims>.Instance);
        await claims.StartAsync(Cancel);
        await _silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Equal([NotificationStatuses.Sent, NotificationStatuses.Pending], [(await StandingAsync(500)).Status, (await StandingAsync(501)).Status]);
        Assert.Single(_smtp.Taken);
    }

    [Fact]
    public async Task An_attempt_that_fails_before_the_hand_over_does_not_wait_for_the_end_of_its_claim()
    {
        await ExecuteAsync("alter table recipients rename to gone");
        await InsertAsync(dueIn: TimeSpan.FromHours(1));
        var claim = await ClaimAsync(TimeSpan.FromHours(1));
        await Assert.ThrowsAnyAsync<Exception>(() => _silo.Notification(500).Deliver(claim));
        await ExecuteAsync("alter table gone rename to recipients");

        await _silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Single(_smtp.Taken);
    }

    [Fact]
    public async Task A_sweep_that_stops_gives_back_what_it_has_claimed_and_not_called()
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(200, Until: taken.Task));
        await using var silo = await PushingToAsync(receiver, ("Notifications:Delivery:Concurrency", "1"), ("Notifications:Delivery:PollInterval", "01:00:00"));
        await silo.Recipient(1001).SetPreferences(new() { Channels = CategoryChannels.Default with { Tasks = [Channels.Push] } });
        await silo.TakeAsync([.. Enumerable.Range(1, 3).Select(i => ($"event-{i}", "task_failed", """{"userId":1001,"taskId":7}"""))]);
        await receiver.Asked;

        await silo.Services.GetServices<IHostedService>().OfType<NotificationDeliverySweep>().Single().StopAsync(Cancel);

        await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
        await using var due = database.CreateCommand("select count(*) from notifications where status = 'pending' and next_attempt_at = created_at");
        Assert.Equal(2L, await due.ExecuteScalarAsync(Cancel));
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
        await InsertAsync(dueIn: TimeSpan.FromHours(1));
        var claim = await ClaimAsync(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAnyAsync<Exception>(() => _silo.Notification(500).Deliver(claim));
        Assert.Single(_smtp.Taken);
        Assert.Equal((NotificationStatuses.Pending, 0), await StandingAsync());
        await ExecuteAsync("drop trigger refuse_sent on notifications");
        // Claimed by two silos one after the other, of which one calls late and the other never.
        var late = await ClaimAsync(TimeSpan.FromMinutes(1));
        await ClaimAsync(TimeSpan.FromMinutes(1));
        await _silo.Notification(500).Deliver(late);

        _silo.Clock.Advance(TimeSpan.FromMinutes(1));
        await _silo.RaisedAsync(one => one.Type == "notification_sent", Cancel);

        Assert.Single(_smtp.Taken);
        Assert.Equal((NotificationStatuses.Sent, 1), await StandingAsync());
    }

    /// <summary>A silo whose push messages go to the receiver, with Ada among its users.</summary>
    private async Task<NotificationSilo> PushingToAsync(HttpReceiver receiver, params (string Key, string Value)[] settings)
    {
        var silo = await NotificationSilo.StartAsync(
            server, null, [("Notifications:Push:Providers:0:Url", receiver.Address), ("Notifications:Push:Providers:0:TokenFile", NotificationSilo.TokenFile), .. settings]);
        silo.Users.Add(1001, "ada@example.org");
        return silo;
    }

    private Task InsertAsync(TimeSpan dueIn) => InsertAsync(500, dueIn);

    private Task InsertAsync(long id, TimeSpan dueIn) => _silo.InsertAsync((id, NotificationState.Pending(
        $"event-{id}", "user_registered", Channels.Email, new(NotificationCategories.Account, [Channels.Email], 1001, """{"userId":1001}""", null), _silo.Clock.Now())
        with
    {
        NextAttemptAt = _silo.Clock.Now() + dueIn,
    }));

    /// <summary>Claims it as a sweep does that finds it due now.</summary>
    private async Task<DeliveryClaim> ClaimAsync(TimeSpan lasting, SiloAddress? by = null, long id = 500)
    {
        await using var command = _database.CreateCommand(
            "update notifications set version = version + 1, next_attempt_at = $1, claimed_by = $2 where id = $3 returning version");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = _silo.Clock.Now() + lasting });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = by?.ToParsableString() });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = id });
        return new((long)(await command.ExecuteScalarAsync(Cancel))!, _silo.Clock.Now());
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<(string Status, int Attempts)> StandingAsync(long id = 500)
    {
        var view = (await _silo.Notification(id).Get())!;
        return (view.Status, view.Attempts);
    }

    /// <summary>A cluster of these members, which stay as they are.</summary>
    private sealed class KnownMembers(params (SiloAddress Silo, SiloStatus Status)[] members) : IClusterMembershipService
    {
        public ClusterMembershipSnapshot CurrentSnapshot { get; } = new(
            members.ToImmutableDictionary(member => member.Silo, member => new ClusterMember(member.Silo, member.Status, "silo")), new MembershipVersion(1));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => new[] { CurrentSnapshot }.ToAsyncEnumerable();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
    }
}
