using System.Diagnostics.Metrics;
using Airliner.Contracts.Auth;

namespace Airliner.Auth.Grains;

/// <summary>What the auth service tells of itself.</summary>
internal static class AuthInstruments
{
    private static readonly Meter _meter = new("Airliner.Auth");

    private static readonly Counter<long> _logins = _meter.CreateCounter<long>(
        "airliner.auth.logins", "{login}", "Logins by outcome: logged_in, invalid_credentials, held_back, busy.");

    public static void LoginEnded(LoginOutcome outcome) => _logins.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        LoginOutcome.LoggedIn => "logged_in",
        LoginOutcome.InvalidCredentials => "invalid_credentials",
        LoginOutcome.HeldBack => "held_back",
        _ => "busy",
    }));
}
