using System.Globalization;
using System.Text.Json.Serialization;
using Airliner.Contracts.Events;

namespace Airliner.Contracts.Notifications;

/// <summary>An event of a notification.</summary>
/// <param name="SourceEventId">The <c>ce_id</c> of the event that it tells of.</param>
public abstract record NotificationEvent(
    [property: JsonPropertyOrder(-1), OpaqueId] long NotificationId,
    [property: JsonPropertyOrder(-1)] long UserId,
    [property: JsonPropertyOrder(-1)] string Channel,
    [property: JsonPropertyOrder(-1)] string SourceEventId) : DomainEvent
{
    protected override string RecordKey => UserId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A provider took a notification.</summary>
[Event("notification_sent", Topics.Notifications)]
public sealed record NotificationSent(long NotificationId, long UserId, string Channel, string SourceEventId)
    : NotificationEvent(NotificationId, UserId, Channel, SourceEventId);

/// <summary>A notification could not be delivered and is not tried again, or was taken and came back.</summary>
[Event("notification_failed", Topics.Notifications)]
public sealed record NotificationFailed(long NotificationId, long UserId, string Channel, string SourceEventId, string ErrorMessage)
    : NotificationEvent(NotificationId, UserId, Channel, SourceEventId);
