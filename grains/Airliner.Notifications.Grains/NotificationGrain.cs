using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Airliner.Notifications.Grains.Bounces;
using Airliner.Notifications.Grains.Digests;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Grains.Templates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace Airliner.Notifications.Grains;

/// <summary>
/// One notification's life and its delivery attempts. Key: the notification's id. Store: table <c>notifications</c>. A delivery is one turn, and
/// the row is claimed for it before the hand-over, so none runs twice at once, in another activation neither. Only a silo that dies, or loses its database, between the
/// provider's answer and the commit sends it once more, when that silo counts as dead or its claim has ended, under the same <c>Message-Id</c> or idempotency key. It is
/// placed where its claim was made, so that the two are lost together.
/// </summary>
[PreferLocalPlacement]
[GrainType("notification")]
[CollectionAgeLimit(Minutes = 2)]
internal sealed partial class NotificationGrain(
    [PersistentState("notification", NotificationState.Table)] IPersistentState<NotificationState> state,
    TemplateLibrary templates,
    ChannelRouter router,
    IBouncedAddresses bounced,
    RetrySchedule schedule,
    IDigestTable digests,
    IOptions<DeliveryOptions> options,
    TimeProvider time,
    ILogger<NotificationGrain> logger) : Grain, INotificationGrain
{
    /// <summary>How long an outcome is kept that cannot be committed. While a database takes no writes nothing is claimed, so no more gather.</summary>
    private static readonly TimeSpan _keepsUnsaved = TimeSpan.FromHours(1);

    // The row as last committed, without the claim of the running attempt.
    private NotificationState? _committed;

    // What an attempt came to, until it is committed: a database that takes no writes must not make every further attempt another mail.
    private NotificationState? _unsaved;

    private Task? _reading;

    private long Id => this.GetPrimaryKeyLong();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _committed = state.RecordExists ? state.State : null;
        return Task.CompletedTask;
    }

    public async Task Deliver()
    {
        if (_unsaved is not null || _committed is null)
            await ReadAgainAsync();
        if (_unsaved is null)
        {
            if (_committed is null)
                return;
            if (!_committed.IsDue(time.Now()))
            {
                // The row may be another activation's, which goes on changing it: whoever calls next reads it again.
                _committed = null;
                return;
            }
        }

        await TryAndCommitAsync();
    }

    public async Task<MarkReadResult> MarkRead(long userId)
    {
        if (_committed is null)
            await ReadAgainAsync();
        if (_committed is not { } current || current.UserId != userId)
            return new(MarkReadOutcome.NotFound);
        if (!current.IsInInbox)
            return new(MarkReadOutcome.NotInInbox, current.ToView(Id, withDeliveries: false));
        var next = current.Read(time.Now());
        if (!ReferenceEquals(next, current))
            await state.CommitAsync(next);
        _committed = state.State;
        DeactivateOnIdle();
        return new(MarkReadOutcome.Read, _committed.ToView(Id, withDeliveries: false));
    }

    public async Task Erase()
    {
        // One that waits may have been claimed since it was read.
        if (_committed is not { HasEnded: true })
            await ReadAgainAsync();
        // An attempt whose outcome waits for its commit counts: whoever it reached, it is not tried again.
        if ((_unsaved ?? _committed) is not { } current)
            return;
        await router.RemoveAsync(current.Channel, Id);
        var next = current.Erased();
        if (!ReferenceEquals(next, _committed))
            await state.CommitAsync(next);
        _committed = state.State;
        _unsaved = null;
        DeactivateOnIdle();
    }

    public async Task<string?> Bounce(string type, string reason)
    {
        if (_committed is null)
            await ReadAgainAsync();
        if (_committed is not { Channel: Channels.Email } current)
            return null;
        var next = type == BounceTypes.Hard ? current.Bounced(Id, reason, time.Now()) : current;
        if (!ReferenceEquals(next, current))
        {
            // First those that its mail told of: a call that fails here is repeated. Once it has failed itself they are left alone, since one that was redriven has a mail of its own.
            await Task.WhenAll(current.DigestMembers.Select(member => GrainFactory.GetGrain<INotificationGrain>(member).Bounce(type, reason)));
            await state.CommitAsync(next);
        }

        _committed = state.State;
        return _committed.Recipient;
    }

    public async Task<string?> Bounce(string type, string reason, int? round)
    {
        if (_committed is null)
            await ReadAgainAsync();
        // The address was trusted again by the redrive: what comes late of the mail before it must not mark it once more.
        return _committed is { } current && current.Round == round ? await Bounce(type, reason) : null;
    }

    public async Task<RedriveResult> Redrive(string commandId)
    {
        if (_committed is null)
            await ReadAgainAsync();
        if (_committed is not { } current)
            return new(RedriveOutcome.NotFound);
        var outcome = current.JudgeRedrive(commandId);
        if (outcome == RedriveOutcome.Redriven && current.Redriven(commandId, time.Now()) is var next && !ReferenceEquals(next, current))
        {
            // A version before has named no address where it kept a mail back.
            var address = current.Recipient ?? (current.Status == NotificationStatuses.Suppressed ? (await AskForAddresseeAsync(current)).Address : null);
            if (current.Channel == Channels.Email && address is not null)
                await bounced.UnmarkAsync(address);
            await state.CommitAsync(next);
            _committed = state.State;
        }

        return new(outcome, _committed.ToView(Id, withDeliveries: false));
    }

    public async Task<NotificationView?> Get()
    {
        if (_committed is null)
            await ReadAgainAsync();
        return _committed?.ToView(Id, withDeliveries: true);
    }

    /// <summary>Rows are inserted beside the grain, so one that was asked for too early may be there now. Calls that interleave share the read.</summary>
    private Task ReadAgainAsync() => _reading is { IsCompleted: false } ? _reading : _reading = ReadAsync();

    private async Task ReadAsync()
    {
        var before = _committed;
        await state.ReadStateAsync();
        _committed = state.RecordExists ? state.State : null;
        // An outcome that waits may go over claims, which change none of these. What else was written is not known to it.
        if ((before?.Status, before?.Attempts, before?.EventSequence) != (_committed?.Status, _committed?.Attempts, _committed?.EventSequence))
            _unsaved = null;
    }

    /// <summary>Makes the attempt, unless the outcome of one waits for its commit, and commits what it came to.</summary>
    private async Task TryAndCommitAsync()
    {
        using var span = DeliveryTraces.Deliver(Id, _unsaved ?? _committed!);
        _unsaved ??= await TryOrGiveBackAsync(_committed!);
        try
        {
            await state.CommitAsync(_unsaved);
        }
        catch
        {
            // The sweep that finds the row again when its claim has ended has to find the outcome too.
            DelayDeactivation(_keepsUnsaved);
            throw;
        }

        _committed = state.State;
        _unsaved = null;
        LogTried(logger, Id, _committed.Channel, _committed.Status, _committed.Attempts);
        // Those that its mail told of ask for it next.
        if (_committed.HasEnded && _committed.DigestMembers.IsEmpty)
            DeactivateOnIdle();
    }

    /// <summary>What an attempt makes of the notification.</summary>
    private async Task<NotificationState> TryAsync(NotificationState current)
    {
        if (!router.Serves(current.Channel))
            return current.Suppressed($"This channel has no provider: Notifications:{current.Channel}:Providers of the notification silos names them.");
        (current, var terms) = await AskAsync(current);
        if (terms is null)
            return current;
        (current, var members) = await GatherAsync(current);
        Addressee addressee;
        try
        {
            addressee = await AddresseeOfAsync(current, terms);
        }
        catch (Exception error)
        {
            // Whatever keeps the user's silo from answering, the notification can wait.
            return Failed(current, Attempts.Failed(time.Now(), "users", $"The user's address is not to be had: {error.Message}"));
        }

        if (addressee.Obstacle is not { } obstacle)
            return await SendAsync(current with { Recipient = addressee.Address }, addressee, terms, members);
        await GiveBackPermitAsync(current);
        // With the address, since a redrive takes the mark from it, and an erasure of the user.
        return BouncedAddress.IsBehind(obstacle) ? current.Suppressed(obstacle) with { Recipient = addressee.Address } : current.Suppressed(obstacle);
    }

    private async Task<Addressee> AddresseeOfAsync(NotificationState current, DeliveryTerms terms)
    {
        var category = NotificationRules.CategoryOf(current.EventType);
        var addressee = await AskForAddresseeAsync(current);
        addressee = (addressee with { Phone = terms.Phone }).By(current.Channel, current.UserId, category);
        return current.Channel == Channels.Email && addressee.Obstacle is null && await bounced.FindAsync(addressee.Address) is { } mark
            ? addressee with { Obstacle = mark.Obstacle(category) }
            : addressee;
    }

    private Task<Addressee> AskForAddresseeAsync(NotificationState current) =>
        Addressee.OfAsync(GrainFactory.GetGrain<IUserGrain>(current.UserId), current.EventType, current.Data);

    private async Task<NotificationState> SendAsync(NotificationState current, Addressee addressee, DeliveryTerms terms, IReadOnlyList<DigestMember> members)
    {
        RenderedNotification content;
        try
        {
            content = Render(current, terms, members, addressee);
        }
        catch (TemplateException error)
        {
            // It can be put right while the notification waits.
            LogNotRendered(logger, Id, error.Message);
            return Failed(current, Attempts.Failed(time.Now(), "templates", error.Message));
        }

        current = current with { Subject = content.Subject };
        var category = NotificationRules.CategoryOf(current.EventType);
        var notification = new OutgoingNotification(Id, current.CreatedAt, current.UserId, current.EventType, category, addressee.Address, addressee.Name, content, terms.Unsubscribe)
        {
            Date = current.TriedSince(time.Now()),
        };
        if (current.Round is { } redriven)
            notification = notification with { IdempotencyKey = $"{notification.IdempotencyKey}-{redriven}" };
        var round = await router.DeliverAsync(current.Channel, notification, ClaimAsync);
        return round.Outcome switch
        {
            DeliveryOutcome.Sent => current.Sent(Id, round.Attempts),
            DeliveryOutcome.Refused => current.Dead(Id, round.Attempts),
            _ => Failed(current, round.RetryAfter, round.Attempts),
        };
    }

    private NotificationState Failed(NotificationState current, DeliveryAttempt attempt) => Failed(current, TimeSpan.Zero, [attempt]);

    private NotificationState Failed(NotificationState current, TimeSpan retryAfter, IReadOnlyList<DeliveryAttempt> round)
    {
        var attempts = current.Attempts + 1 - current.AttemptsBefore;
        var now = time.Now();
        var isUrgent = NotificationRules.CategoryOf(current.EventType) == NotificationCategories.Security;
        return schedule.Next(current.Channel, attempts, current.TriedSince(now), now, Random.Shared.NextDouble(), retryAfter, isUrgent) is { } next
            ? current.Postponed(next, round)
            : current.Dead(Id, round);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Notification {Id} by {Channel} is {Status} after {Attempts} attempts")]
    private static partial void LogTried(ILogger logger, long id, string channel, string status, int attempts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {Id} cannot be rendered: {Error}")]
    private static partial void LogNotRendered(ILogger logger, long id, string error);
}
