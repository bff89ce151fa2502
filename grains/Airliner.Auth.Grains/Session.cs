using Airliner.Contracts.Auth;

namespace Airliner.Auth.Grains;

/// <summary>One session as stored.</summary>
/// <param name="SourceAddress">Of the login or the last refresh, as <paramref name="UserAgent"/>.</param>
/// <param name="LastUsedAt">The last refresh; null before the first.</param>
/// <param name="Family">Null for a session without refresh.</param>
/// <param name="UserAsOf">The state of the user that the credentials were checked against. A refresh does not change it: it checks no password.</param>
internal sealed record Session(
    string SessionId,
    string SourceAddress,
    string UserAgent,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt = null,
    RefreshFamily? Family = null,
    DateTimeOffset UserAsOf = default)
{
    public bool IsLive(DateTimeOffset now) => ExpiresAt > now;

    public SessionView View() => new(SessionId, CreatedAt, LastUsedAt ?? CreatedAt, ExpiresAt, SourceAddress, UserAgent);
}

/// <summary>The refresh tokens of a session as stored. No token can be made of it.</summary>
/// <param name="Hash">Of what all tokens of the family have in common.</param>
/// <param name="CurrentHash">Of the secret of the one that can be spent.</param>
/// <param name="SpentHash">Of the secret of the one before; null before the first refresh.</param>
/// <param name="Nonce">What makes the current one of the one before.</param>
/// <param name="WasRestored">Whether a backup has brought it back, and no token was spent since: there may be later ones that it does not know.</param>
internal sealed record RefreshFamily(string Hash, string CurrentHash, string? SpentHash = null, string? Nonce = null, bool WasRestored = false)
{
    public static RefreshFamily Of(RefreshToken first) => new(first.FamilyHash, first.SecretHash);
}
