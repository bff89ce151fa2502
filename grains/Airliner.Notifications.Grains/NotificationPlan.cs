namespace Airliner.Notifications.Grains;

/// <summary>Which notifications an event asks for.</summary>
/// <param name="Channels">One notification for each; none where the event concerns nobody.</param>
/// <param name="UserId">Whom they are for.</param>
/// <param name="Data">What their templates see, a flat JSON object.</param>
/// <param name="Refusal">Why the event can never be handled; null where it can.</param>
internal sealed record NotificationPlan(IReadOnlyList<string> Channels, long UserId, string Data, string? Refusal)
{
    public static NotificationPlan Skip { get; } = new([], 0, "{}", null);

    public static NotificationPlan Refuse(string reason) => new([], 0, "{}", reason);
}
