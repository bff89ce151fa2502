namespace Airliner.Notifications.Grains;

/// <summary>What the grains know of their store.</summary>
internal static class NotificationsStorage
{
    /// <summary>The service, as its database and relay are keyed by.</summary>
    public const string Service = "notifications";
}
