namespace Airliner.ServiceDefaults.Requests;

/// <summary>Where routes hang.</summary>
public static class RoutePrefixes
{
    public const string Airliner = "/api/v1/airliner";

    public const string EventStreamMonitor = "/api/v1/eventstreammonitor";

    /// <summary>Users and auth routes answer under both, for existing clients use either.</summary>
    public static IReadOnlyList<string> UsersAndAuth { get; } = [Airliner, EventStreamMonitor];
}
