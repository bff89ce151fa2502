using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains;

/// <summary>Which notifications an event asks for.</summary>
/// <param name="Category">What they are about, one of <see cref="NotificationCategories"/>.</param>
/// <param name="Channels">One notification for each that its user wants; none where the event concerns nobody.</param>
/// <param name="UserId">Whom they are for.</param>
/// <param name="Data">What their templates see, a flat JSON object.</param>
/// <param name="Refusal">Why the event can never be handled; null where it can.</param>
internal sealed record NotificationPlan(string Category, IReadOnlyList<string> Channels, long UserId, string Data, string? Refusal)
{
    public static NotificationPlan Skip { get; } = new("", [], 0, "{}", null);

    public static NotificationPlan Refuse(string reason) => new("", [], 0, "{}", reason);

    /// <summary>The channels by which the user wants to be told.</summary>
    public IEnumerable<string> ChannelsFor(NotificationPreferences preferences) => Channels.Where(channel => preferences.Wants(Category, channel));
}
