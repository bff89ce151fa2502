using System.Globalization;
using System.Text.Json.Serialization;
using Airliner.Contracts.Events;

namespace Airliner.Contracts.Users;

/// <summary>An event of a user.</summary>
/// <param name="UserId">The user.</param>
public abstract record UserEvent([property: JsonPropertyOrder(-1)] long UserId) : DomainEvent
{
    protected override string RecordKey => UserId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Somebody registered.</summary>
[Event("user_registered", Topics.UserRegistration)]
public sealed record UserRegistered(long UserId, string Username, string Email, string FirstName, string LastName) : UserEvent(UserId);
