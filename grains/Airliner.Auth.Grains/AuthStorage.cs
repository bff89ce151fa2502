namespace Airliner.Auth.Grains;

/// <summary>What the grains know of their store.</summary>
internal static class AuthStorage
{
    /// <summary>The service, as its database and relay are keyed by; also the storage of state that only its own grain reads.</summary>
    public const string Service = "auth";

    /// <summary>The table of users' sessions.</summary>
    public const string Sessions = "user_sessions";

    /// <summary>The table of machine clients.</summary>
    public const string Clients = "oauth_clients";

    /// <summary>The table of login guards.</summary>
    public const string LoginGuards = "login_guards";
}
