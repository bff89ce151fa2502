
namespace Airliner.Contracts.Notifications;

/// <summary>A notification as REST shows one.</summary>
/// <param name="EventId">The event's <c>ce_id</c>.</param>
/// <param name="Attempts">How often delivery was tried. Each time the channel's providers are asked in order, until one takes it.</param>
/// <param name="SentAt">When the provider took it.</param>
/// <param name="Deliveries">Every attempt; only where one notification is asked for.</param>
/// <param name="ReadAt">When its user first marked it read; null where that is yet to come, and in all channels but the inbox.</param>
/// <param name="DigestId">The notification whose mail told of it together with others, itself for that one; null where it goes on its own.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.NotificationView")]
public sealed record NotificationView(
    [property: Id(0), OpaqueId] long NotificationId,
    [property: Id(1)] string EventId,
    [property: Id(2)] string EventType,
    [property: Id(3)] long UserId,
    [property: Id(4)] string Channel,
    [property: Id(5)] string? Recipient,
    [property: Id(6)] string? Subject,
    [property: Id(7)] string Status,
    [property: Id(8)] int Attempts,
    [property: Id(9)] DateTimeOffset CreatedAt,
    [property: Id(10)] DateTimeOffset? SentAt,
    [property: Id(11)] string? ErrorMessage,
    [property: Id(12)] IReadOnlyList<DeliveryAttempt>? Deliveries = null,
    [property: Id(13)] DateTimeOffset? ReadAt = null,
    [property: Id(14), OpaqueId] long? DigestId = null);

/// <summary>What one provider came to in an attempt to deliver.</summary>
/// <param name="Provider">What was asked to deliver, for example <c>smtp://mail:1025</c>.</param>
/// <param name="Error">Why it failed; null where the provider took it.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.DeliveryAttempt")]
public sealed record DeliveryAttempt(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] string Provider,
    [property: Id(2)] string? Error,
    [property: Id(3)] string? ProviderAnswer);

/// <summary>What a notification's status may be.</summary>
public static class NotificationStatuses
{
    public const string Pending = "pending";

    /// <summary>A provider took it.</summary>
    public const string Sent = "sent";

    /// <summary>A provider took it, and it came back.</summary>
    public const string Failed = "failed";

    /// <summary>It was refused, or not taken for as long as it was tried.</summary>
    public const string Dead = "dead";

    /// <summary>It was not wanted, or nobody could have got it.</summary>
    public const string Suppressed = "suppressed";

    public static IReadOnlyList<string> All { get; } = [Pending, Sent, Failed, Dead, Suppressed];
}

/// <summary>The ways to reach a user.</summary>
public static class Channels
{
    public const string Email = "email";
    public const string Sms = "sms";
    public const string Push = "push";
    public const string InApp = "inapp";

    public static IReadOnlyList<string> All { get; } = [Email, Sms, Push, InApp];
}

/// <summary>Which notifications a list shows; what is null does not matter.</summary>
/// <param name="Unread">Entries of the inbox alone: those that are not read (true), or are (false).</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.NotificationFilter")]
public sealed record NotificationFilter(
    [property: Id(0)] long? UserId = null,
    [property: Id(1)] string? Status = null,
    [property: Id(2)] string? Channel = null,
    [property: Id(3)] string? EventType = null,
    [property: Id(4)] bool? Unread = null);
