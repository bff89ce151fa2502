using System.Globalization;
using System.Text.Json.Serialization;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Events;

namespace Airliner.Contracts.Users;

/// <summary>An event of a user. The audit log has all of them.</summary>
/// <param name="UserId">The user.</param>
public abstract record UserEvent([property: JsonPropertyOrder(-1)] long UserId) : DomainEvent, IAudited
{
    protected override string RecordKey => UserId.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the audit log has of it beside the user: see <see cref="AuditEntry.Details"/>.</summary>
    protected virtual object? AuditDetails => null;

    public AuditEntry ToAudit() => new(EventType, Timestamp, UserId, Details: AuditDetails);
}

/// <summary>Somebody registered.</summary>
[Event("user_registered", Topics.UserRegistration)]
public sealed record UserRegistered(long UserId, string Username, string Email, string FirstName, string LastName) : UserEvent(UserId);

/// <summary>A user's profile or roles changed. The members are the user's after the change.</summary>
/// <param name="Changed">Which members of the user changed: some of <c>firstName</c>, <c>lastName</c>, <c>email</c>, <c>dateOfBirth</c>, <c>roles</c>.</param>
[Event("user_updated", Topics.UserRegistration)]
public sealed record UserUpdated(
    long UserId, string Username, string Email, string FirstName, string LastName, IReadOnlyList<string> Roles, IReadOnlyList<string> Changed) : UserEvent(UserId)
{
    /// <summary>Which members, and of their values the roles alone: they say nothing of the person, and what the change is about.</summary>
    protected override object AuditDetails => Changed.Contains("roles") ? new { Changed, Roles } : new { Changed };
}

/// <summary>A user has a new password.</summary>
[Event("user_password_changed", Topics.UserRegistration)]
public sealed record UserPasswordChanged(long UserId) : UserEvent(UserId);

/// <summary>A user may no longer log in.</summary>
[Event("user_disabled", Topics.UserRegistration)]
public sealed record UserDisabled(long UserId) : UserEvent(UserId);

/// <summary>A user may log in again.</summary>
[Event("user_enabled", Topics.UserRegistration)]
public sealed record UserEnabled(long UserId) : UserEvent(UserId);
