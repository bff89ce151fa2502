using System.Globalization;
using System.Text.Json.Serialization;
using Airliner.Contracts.Events;

namespace Airliner.Contracts.Auth;

/// <summary>An event of an account's way in.</summary>
/// <param name="UserId">The user.</param>
public abstract record AuthEvent([property: JsonPropertyOrder(-1)] long UserId) : DomainEvent
{
    protected override string RecordKey => UserId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A login succeeded.</summary>
/// <param name="SessionId">The session that it opened.</param>
[Event("user_logged_in", Topics.Auth)]
public sealed record UserLoggedIn(long UserId, string SessionId) : AuthEvent(UserId);

/// <summary>A session was ended before it expired.</summary>
/// <param name="Reason">One of <see cref="SessionEnds"/>.</param>
[Event("session_revoked", Topics.Auth)]
public sealed record SessionRevoked(long UserId, string SessionId, string Reason) : AuthEvent(UserId);

/// <summary>A refresh token that was spent came again: it may be stolen. The session has ended.</summary>
[Event("refresh_token_reused", Topics.Auth)]
public sealed record RefreshTokenReused(long UserId, string SessionId) : AuthEvent(UserId);
