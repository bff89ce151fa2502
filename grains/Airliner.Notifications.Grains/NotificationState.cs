using System.Collections.Immutable;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Records;

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

    public int Attempts { get; init; }

    public ImmutableArray<DeliveryAttempt> Deliveries { get; init; } = [];

    /// <summary>The event's value, a flat JSON object: what templates see.</summary>
    public string Data { get; init; } = NoData;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When it is due; null once it has ended.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Why the last attempt failed, or why there was none.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>When its user first marked it read.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Whether the user sees it in the inbox.</summary>
    public bool IsInInbox => Channel == Channels.InApp && Status == NotificationStatuses.Sent;

    public bool HasEnded => Status != NotificationStatuses.Pending;

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

    /// <summary>The provider took it.</summary>
    public NotificationState Sent(long id, DeliveryAttempt attempt) => (Tried(attempt) with
    {
        Status = NotificationStatuses.Sent,
        SentAt = attempt.At,
        NextAttemptAt = null,
    }).Raise(new NotificationSent(id, UserId, Channel, EventId) { Timestamp = attempt.At });

    /// <summary>The attempt failed; another follows.</summary>
    public NotificationState Postponed(DeliveryAttempt attempt, DateTimeOffset nextAttemptAt) => Tried(attempt) with { NextAttemptAt = nextAttemptAt };

    /// <summary>The attempt failed, and no other follows.</summary>
    public NotificationState Dead(long id, DeliveryAttempt attempt) => (Tried(attempt) with
    {
        Status = NotificationStatuses.Dead,
        NextAttemptAt = null,
    }).Raise(new NotificationFailed(id, UserId, Channel, EventId, attempt.Error ?? "") { Timestamp = attempt.At });

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
        id, EventId, EventType, UserId, Channel, Recipient, Subject, Status, Attempts, CreatedAt, SentAt, ErrorMessage, withDeliveries ? Deliveries : null, ReadAt);

    private NotificationState Tried(DeliveryAttempt attempt) => this with
    {
        Attempts = Attempts + 1,
        Deliveries = Deliveries.Add(attempt),
        ErrorMessage = attempt.Error,
    };
}
