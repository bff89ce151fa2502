using System.Collections.Immutable;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Records;
using Airliner.Notifications.Grains.Bounces;

namespace Airliner.Notifications.Grains;

/// <summary>One notification and what became of it. Table: <c>notifications</c>.</summary>
internal sealed record NotificationState : Record
{
    /// <summary>The table, and the grain storage of its name.</summary>
    public const string Table = "notifications";

    private const string NoData = "{}";

    /// <summary>The <c>ce_id</c> of the event that it tells of; with the channel it is unique.</summary>
    public string EventId { get; init; } = "";

    public string EventType { get; init; } = "";

    public long UserId { get; init; }

    public string Channel { get; init; } = "";

    /// <summary>The address that was last tried; null before, and in the inbox.</summary>
    public string? Recipient { get; init; }

    /// <summary>The subject as it was rendered; null before the first attempt.</summary>
    public string? Subject { get; init; }

    public string Status { get; init; } = NotificationStatuses.Pending;

    /// <summary>How often delivery was tried; several providers may be asked each time.</summary>
    public int Attempts { get; init; }

    /// <summary>What each provider came to that was asked.</summary>
    public ImmutableArray<DeliveryAttempt> Deliveries { get; init; } = [];

    /// <summary>The event's value, a flat JSON object: what templates see.</summary>
    public string Data { get; init; } = NoData;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When it is due; null once it has ended.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Why the last attempt failed, or why there was none.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>When it was last redriven; null where it never was. Its time to be delivered begins anew then.</summary>
    public DateTimeOffset? RedrivenAt { get; init; }

    /// <summary>
    /// From when on its time to be delivered counts: its first attempt, and later by what quiet hours or a throttle have put it off since. Null before its first
    /// attempt, and where the version before made that.
    /// </summary>
    public DateTimeOffset? TriedFrom { get; init; }

    /// <summary>The command that redrove it: a repeat of it is no second redrive.</summary>
    public string? RedriveCommand { get; init; }

    /// <summary>Of <see cref="Attempts"/>, those before it was last redriven.</summary>
    public int AttemptsBefore { get; init; }

    /// <summary>What tells the messages since its last redrive from those before; null where it was never redriven.</summary>
    public int? Round => RedrivenAt is null ? null : AttemptsBefore;

    /// <summary>The notification whose mail tells of it together with others; its own id where that is its own mail. Null where it goes on its own.</summary>
    public long? DigestId { get; init; }

    /// <summary>The others that its mail told of, as it was last tried: they end as it does. Empty where it is no digest's mail.</summary>
    public ImmutableArray<long> DigestMembers { get; init; } = [];

    /// <summary>When its user first marked it read.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Whether the user sees it in the inbox.</summary>
    public bool IsInInbox => Channel == Channels.InApp && Status == NotificationStatuses.Sent;

    public bool HasEnded => Status != NotificationStatuses.Pending;

    /// <summary>Every event has a user, so one without data is of a user who was deleted.</summary>
    private bool IsErased => Data == NoData;

    /// <summary>A notification that waits for its delivery, due at once.</summary>
    public static NotificationState Pending(string eventId, string eventType, string channel, NotificationPlan plan, DateTimeOffset now) => new()
    {
        EventId = eventId,
        EventType = eventType,
        UserId = plan.UserId,
        Channel = channel,
        Data = plan.Data,
        CreatedAt = now,
        NextAttemptAt = now,
    };

    /// <summary>Since when it is tried, without the time for which it was put off: that may be longer than it may be tried.</summary>
    public DateTimeOffset TriedSince(DateTimeOffset now)
    {
        var begun = RedrivenAt ?? CreatedAt;
        return TriedFrom >= begun ? TriedFrom.Value : Deliveries.FirstOrDefault(attempt => attempt.At >= begun)?.At ?? now;
    }

    public bool IsDue(DateTimeOffset now) => !HasEnded && NextAttemptAt <= now;

    /// <summary>It is in the inbox: sent by being there.</summary>
    public NotificationState Posted(long id, string subject, DateTimeOffset now) => (this with
    {
        Subject = subject,
        Status = NotificationStatuses.Sent,
        SentAt = now,
        NextAttemptAt = null,
    }).Raise(new NotificationSent(id, UserId, Channel, EventId) { Timestamp = now });

    /// <summary>Its user has read it. The first time is kept: the same state where it is read already.</summary>
    public NotificationState Read(DateTimeOffset now) => ReadAt is null ? this with { ReadAt = now } : this;

    /// <summary>A provider took it.</summary>
    /// <param name="round">What each provider came to that was asked, in order; at least one.</param>
    public NotificationState Sent(long id, params IReadOnlyList<DeliveryAttempt> round) => (Tried(round) with
    {
        Status = NotificationStatuses.Sent,
        SentAt = round[^1].At,
        NextAttemptAt = null,
    }).Raise(new NotificationSent(id, UserId, Channel, EventId) { Timestamp = round[^1].At });

    /// <summary>The attempt failed; another follows.</summary>
    /// <inheritdoc cref="Sent" path="/param"/>
    public NotificationState Postponed(DateTimeOffset nextAttemptAt, params IReadOnlyList<DeliveryAttempt> round) =>
        Tried(round) with { NextAttemptAt = nextAttemptAt };

    /// <summary>It is due at another time. That is no attempt.</summary>
    public NotificationState DueAt(DateTimeOffset at) => this with { NextAttemptAt = at };

    /// <summary>Its user does not want it before <paramref name="until"/>: what it has been tried for already does not grow by that.</summary>
    public NotificationState PutOff(DateTimeOffset until, DateTimeOffset now) =>
        DueAt(until) with { TriedFrom = Attempts > AttemptsBefore && until > now ? TriedSince(now) + (until - now) : TriedFrom };

    /// <summary>It goes in a digest, as its mail or with it.</summary>
    public NotificationState InDigest(long digestId, DateTimeOffset dueAt) => this with { DigestId = digestId, NextAttemptAt = dueAt };

    /// <summary>It goes on its own.</summary>
    public NotificationState Alone() => this with { DigestId = null, DigestMembers = [] };

    /// <summary>A digest's mail told of it, and the provider took that.</summary>
    public NotificationState SentWith(long id, DigestStanding digest) => (this with
    {
        Status = NotificationStatuses.Sent,
        Recipient = digest.Recipient,
        Subject = digest.Subject,
        SentAt = digest.SentAt,
        NextAttemptAt = null,
    }).Raise(new NotificationSent(id, UserId, Channel, EventId) { Timestamp = digest.SentAt!.Value });

    /// <summary>A digest's mail told of it, and could not be delivered, or came back.</summary>
    public NotificationState FailedWith(long id, DigestStanding digest, DateTimeOffset now) => (this with
    {
        Status = digest.Status,
        Recipient = digest.Recipient,
        Subject = digest.Subject,
        SentAt = digest.SentAt,
        NextAttemptAt = null,
        ErrorMessage = digest.ErrorMessage,
    }).Raise(new NotificationFailed(id, UserId, Channel, EventId, digest.ErrorMessage ?? "") { Timestamp = now });

    /// <summary>The attempt failed, and no other follows.</summary>
    /// <inheritdoc cref="Sent" path="/param"/>
    public NotificationState Dead(long id, params IReadOnlyList<DeliveryAttempt> round) => (Tried(round) with
    {
        Status = NotificationStatuses.Dead,
        NextAttemptAt = null,
    }).Raise(new NotificationFailed(id, UserId, Channel, EventId, round[^1].Error ?? "") { Timestamp = round[^1].At });

    /// <summary>The provider took it, and it came back; the same state where it was not sent, has come back before, or its user was erased.</summary>
    public NotificationState Bounced(long id, string reason, DateTimeOffset now) => Status != NotificationStatuses.Sent || IsErased ? this : (this with
    {
        Status = NotificationStatuses.Failed,
        ErrorMessage = reason,
    }).Raise(new NotificationFailed(id, UserId, Channel, EventId, reason) { Timestamp = now });

    /// <summary>How a redrive by this command would end.</summary>
    public RedriveOutcome JudgeRedrive(string commandId) =>
        RedriveCommand == commandId ? RedriveOutcome.Redriven
        : Status is not (NotificationStatuses.Dead or NotificationStatuses.Failed) && !(Status == NotificationStatuses.Suppressed && BouncedAddress.IsBehind(ErrorMessage))
            ? RedriveOutcome.HasNotFailed
        : IsErased ? RedriveOutcome.UserWasErased
        : RedriveOutcome.Redriven;

    /// <summary>It is due again, as if it were new; its attempts are kept. The same state where this command has done it before.</summary>
    public NotificationState Redriven(string commandId, DateTimeOffset now) => RedriveCommand == commandId ? this : Alone() with
    {
        Status = NotificationStatuses.Pending,
        SentAt = null,
        NextAttemptAt = now,
        RedrivenAt = now,
        RedriveCommand = commandId,
        AttemptsBefore = Attempts,
    };

    /// <summary>It is not wanted any more.</summary>
    public NotificationState Suppressed(string reason) => this with
    {
        Status = NotificationStatuses.Suppressed,
        NextAttemptAt = null,
        ErrorMessage = reason,
    };

    /// <summary>Without whom it was for and what it said, and never sent from now on; the same state where it is so.</summary>
    public NotificationState Erased()
    {
        var isErased = HasEnded && Recipient is null && Subject is null && ErrorMessage is null && Data == NoData
            && Deliveries.All(attempt => attempt.Error is null && attempt.ProviderAnswer is null);
        return isErased ? this : this with
        {
            Recipient = null,
            Subject = null,
            ErrorMessage = null,
            Data = NoData,
            Deliveries = [.. Deliveries.Select(attempt => attempt with { Error = null, ProviderAnswer = null })],
            Status = HasEnded ? Status : NotificationStatuses.Suppressed,
            NextAttemptAt = null,
        };
    }

    /// <summary>The notification as REST shows it.</summary>
    public NotificationView ToView(long id, bool withDeliveries) => new(
        id, EventId, EventType, UserId, Channel, Recipient, Subject, Status, Attempts, CreatedAt, SentAt, ErrorMessage, withDeliveries ? Deliveries : null,
        ReadAt, DigestId);

    /// <summary>What became of the digest whose mail it is, for one that joined it.</summary>
    public DigestStanding ToDigest(long memberId) => new(Status, DigestMembers.Contains(memberId), NextAttemptAt, SentAt, Recipient, Subject, ErrorMessage);

    private NotificationState Tried(IReadOnlyList<DeliveryAttempt> round) => this with
    {
        Attempts = Attempts + 1,
        Deliveries = Deliveries.AddRange(round),
        TriedFrom = TriedSince(round[0].At),
        ErrorMessage = round[^1].Error,
    };
}
