namespace Airliner.Contracts.Auth;

/// <summary>A session to open.</summary>
/// <param name="WithRefresh">Whether the session can be prolonged by a refresh token.</param>
/// <param name="UserAsOf">The state of the user that the credentials were checked against: its <c>updatedAt</c>. Where it is not said, it is older than any.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.OpenSession")]
public sealed record OpenSession(
    [property: Id(0)] string Username,
    [property: Id(1)] IReadOnlyList<string> Roles,
    [property: Id(2)] string SourceAddress,
    [property: Id(3)] string UserAgent,
    [property: Id(4)] bool WithRefresh,
    [property: Id(5)] DateTimeOffset UserAsOf = default);

/// <summary>A refresh token to spend.</summary>
/// <param name="CommandId">Names the command: a repeat of it is not a second use of the token.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RefreshCommand")]
public sealed record RefreshCommand(
    [property: Id(0)] string CommandId,
    [property: Id(1)] string RefreshToken,
    [property: Id(2)] string SourceAddress,
    [property: Id(3)] string UserAgent)
{
    /// <summary>Names the command without the token.</summary>
    public override string ToString() => $"RefreshCommand {{ {CommandId} }}";
}

/// <summary>A refresh token to spend, and who its user is now.</summary>
/// <param name="UserAsOf">The state of the user that this was read from: its <c>updatedAt</c>. Where it is not said, it is older than any.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RefreshSession")]
public sealed record RefreshSession(
    [property: Id(0)] RefreshCommand Command,
    [property: Id(1)] string Username,
    [property: Id(2)] IReadOnlyList<string> Roles,
    [property: Id(3)] DateTimeOffset UserAsOf = default);

/// <summary>How a refresh ended.</summary>
public enum RefreshOutcome
{
    Refreshed,

    /// <summary>No such token, its session has ended, or its user is disabled: callers are told no more.</summary>
    Invalid,

    /// <summary>The token was spent before: its session has ended. Callers are told no more than of an invalid one.</summary>
    Reused,

    /// <summary>Who the user is was read before a change that ends sessions: nothing is spent, and it has to be read again.</summary>
    Stale,
}

[GenerateSerializer]
[Immutable]
[Alias("airliner.RefreshResult")]
public sealed record RefreshResult([property: Id(0)] RefreshOutcome Outcome, [property: Id(1)] IssuedTokens? Tokens = null);

/// <summary>A refresh token that is given back.</summary>
/// <param name="CommandId">Names the command: a repeat of it is answered like the first.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RevokeRefreshToken")]
public sealed record RevokeRefreshToken([property: Id(0)] string CommandId, [property: Id(1)] string RefreshToken)
{
    /// <summary>Names the command without the token.</summary>
    public override string ToString() => $"RevokeRefreshToken {{ {CommandId} }}";
}

/// <summary>What a refresh token is.</summary>
/// <param name="IsSpent">Whether it was spent already.</param>
/// <param name="Session">The session that it prolongs.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RefreshTokenView")]
public sealed record RefreshTokenView([property: Id(0)] long UserId, [property: Id(1)] bool IsSpent, [property: Id(2)] SessionView Session);

/// <summary>A session to end.</summary>
/// <param name="CommandId">Names the command: a repeat of it is answered like the first.</param>
/// <param name="Reason">One of <see cref="SessionEnds"/>.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.EndSession")]
public sealed record EndSession([property: Id(0)] string CommandId, [property: Id(1)] string SessionId, [property: Id(2)] string Reason);

/// <summary>A session as REST shows one.</summary>
/// <param name="LastUsedAt">The login or the last refresh: access tokens are verified without asking anyone.</param>
/// <param name="ExpiresAt">When the session ends unless it is refreshed.</param>
/// <param name="SourceAddress">Where the login or the last refresh came from.</param>
/// <param name="UserAgent">The <c>User-Agent</c> of that request.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.SessionView")]
public sealed record SessionView(
    [property: Id(0)] string SessionId,
    [property: Id(1)] DateTimeOffset CreatedAt,
    [property: Id(2)] DateTimeOffset LastUsedAt,
    [property: Id(3)] DateTimeOffset ExpiresAt,
    [property: Id(4)] string SourceAddress,
    [property: Id(5)] string UserAgent);

/// <summary>Why a session was ended before it expired.</summary>
public static class SessionEnds
{
    /// <summary>By its own holder, with its own token.</summary>
    public const string LoggedOut = "logged_out";

    /// <summary>By its refresh token, given back (RFC 7009).</summary>
    public const string TokenRevoked = "token_revoked";

    /// <summary>From the list of sessions, by the user or an administrator.</summary>
    public const string Ended = "ended";

    /// <summary>A refresh token was used twice: one of the two who had it should not have had it.</summary>
    public const string RefreshTokenReused = "refresh_token_reused";

    /// <summary>The user opened more sessions than one may have.</summary>
    public const string TooManySessions = "too_many_sessions";

    public const string PasswordChanged = "password_changed";

    /// <summary>A role was taken away, and access tokens carry roles. One that is only added comes with the next refresh.</summary>
    public const string RolesChanged = "roles_changed";

    public const string UserDisabled = "user_disabled";

    public const string UserDeleted = "user_deleted";
}
