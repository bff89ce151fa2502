using System.Globalization;
using System.Text.Json.Serialization;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Events;

namespace Airliner.Contracts.Auth;

/// <summary>An event of an account's way in. The audit log has all of them.</summary>
/// <param name="UserId">The user.</param>
public abstract record AuthEvent([property: JsonPropertyOrder(-1)] long UserId) : DomainEvent, IAudited
{
    protected override string RecordKey => UserId.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the audit log has of it beside the user: see <see cref="AuditEntry.Details"/>.</summary>
    protected virtual object? AuditDetails => null;

    public AuditEntry ToAudit() => new(EventType, Timestamp, UserId, Details: AuditDetails);
}

/// <summary>A login succeeded.</summary>
/// <param name="SessionId">The session that it opened.</param>
[Event("user_logged_in", Topics.Auth)]
public sealed record UserLoggedIn(long UserId, string SessionId) : AuthEvent(UserId)
{
    protected override object AuditDetails => new { SessionId };
}

/// <summary>An attempt at the account's password failed: a wrong one, or the account is disabled.</summary>
[Event("login_failed", Topics.Auth)]
public sealed record LoginFailed(long UserId) : AuthEvent(UserId);

/// <summary>So many attempts failed that more of them are held back. Raised when that begins, not each time that it is prolonged.</summary>
/// <param name="Scope">One of <see cref="LockScopes"/>.</param>
/// <param name="LockedUntil">When the next attempt is let through, if no other fails before.</param>
[Event("account_locked", Topics.Auth)]
public sealed record AccountLocked(long UserId, string Scope, DateTimeOffset LockedUntil) : AuthEvent(UserId)
{
    protected override object AuditDetails => new { Scope, LockedUntil };
}

/// <summary>Whose attempts are held back.</summary>
public static class LockScopes
{
    /// <summary>Those of one address.</summary>
    public const string Address = "address";

    /// <summary>Those of every address that never succeeded.</summary>
    public const string UnknownAddresses = "unknown_addresses";
}

/// <summary>A session was ended before it expired.</summary>
/// <param name="Reason">One of <see cref="SessionEnds"/>.</param>
[Event("session_revoked", Topics.Auth)]
public sealed record SessionRevoked(long UserId, string SessionId, string Reason) : AuthEvent(UserId)
{
    protected override object AuditDetails => new { SessionId, Reason };
}

/// <summary>A refresh token that was spent came again: it may be stolen. The session has ended.</summary>
[Event("refresh_token_reused", Topics.Auth)]
public sealed record RefreshTokenReused(long UserId, string SessionId) : AuthEvent(UserId)
{
    protected override object AuditDetails => new { SessionId };
}
