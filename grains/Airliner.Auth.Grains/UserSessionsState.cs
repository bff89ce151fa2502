using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Records;

namespace Airliner.Auth.Grains;

/// <summary>A user's sessions as stored.</summary>
internal sealed record UserSessionsState : Record
{
    /// <summary>Sessions of one user at once; beyond it the oldest ends.</summary>
    public const int MostSessions = 100;

    /// <summary>Oldest first.</summary>
    public ImmutableList<Session> Sessions { get; init; } = [];

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The state with one session more; those that have expired go.</summary>
    public UserSessionsState Opened(long userId, Session session) => (this with
    {
        Sessions = [.. Sessions.Where(old => old.ExpiresAt > session.CreatedAt).TakeLast(MostSessions - 1), session],
        UpdatedAt = session.CreatedAt,
    }).Raise(new UserLoggedIn(userId, session.SessionId) { Timestamp = session.CreatedAt });
}

/// <summary>One session.</summary>
/// <param name="RefreshTokenHash">SHA-256 of the refresh token, base64; null for a session without refresh.</param>
internal sealed record Session(
    string SessionId, string SourceAddress, string UserAgent, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? RefreshTokenHash)
{
    /// <summary>What is stored of a token: it is random enough that a plain hash cannot be searched.</summary>
    public static string HashOf(string token) => Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
}
