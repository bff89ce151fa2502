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
