using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;

namespace Airliner.Notifications.Silo.Delivery;

/// <summary>What one sweep looks for: the notifications of a channel, either security's or all others.</summary>
/// <param name="OfSecurity">Whether it is security's.</param>
internal sealed record DeliveryLane(string Channel, bool OfSecurity)
{
    /// <summary>One for each channel, and another for each by which security tells. The inbox has its entries without a delivery.</summary>
    public static IReadOnlyList<DeliveryLane> All { get; } =
    [
        .. Channels.All.Where(channel => channel != Channels.InApp).Select(channel => new DeliveryLane(channel, OfSecurity: false)),
        .. NotificationRules.All.Where(rule => IsOfSecurity(rule.EventType) && rule.Channel != Channels.InApp)
            .Select(rule => new DeliveryLane(rule.Channel, OfSecurity: true)).Distinct(),
    ];

    /// <summary>The types of security's events.</summary>
    public static string[] SecurityTypes { get; } = [.. NotificationRules.All.Select(rule => rule.EventType).Distinct().Where(IsOfSecurity)];

    /// <summary>The lane of a notification.</summary>
    public static DeliveryLane Of(NotificationState notification) => Of(notification.Channel, notification.EventType);

    /// <inheritdoc cref="Of(NotificationState)"/>
    public static DeliveryLane Of(string channel, string eventType) => new(channel, IsOfSecurity(eventType));

    private static bool IsOfSecurity(string eventType) => NotificationRules.CategoryOf(eventType) == NotificationCategories.Security;
}
