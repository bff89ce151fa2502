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
/// <param name="Changed">Which members of the user changed: some of <c>firstName</c>, <c>lastName</c>, <c>email</c>, <c>emailVerified</c>,
/// <c>dateOfBirth</c>, <c>roles</c>.</param>
/// <param name="RemovedRoles">The roles that the user has no longer; absent where none was taken away.</param>
[Event(Type, Topics.UserRegistration)]
public sealed record UserUpdated(
    long UserId, string Username, string Email, string FirstName, string LastName, IReadOnlyList<string> Roles, IReadOnlyList<string> Changed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? RemovedRoles = null) : UserEvent(UserId)
{
    /// <summary>The event's type, for those who act on it.</summary>
    public const string Type = "user_updated";

    /// <summary>Which members, and of their values the roles alone: they say nothing of the person, and what the change is about.</summary>
    protected override object AuditDetails => Changed.Contains("roles") ? new { Changed, Roles } : new { Changed };
}

/// <summary>An address is to be verified: the code goes there by mail.</summary>
/// <param name="CodeId">The one-time code's id. The code itself is in no event.</param>
/// <param name="ExpiresAt">Until when it is good, unless another takes its place.</param>
[Event(Type, Topics.UserRegistration)]
public sealed record UserEmailVerificationRequested(long UserId, string CodeId, DateTimeOffset ExpiresAt) : UserEvent(UserId)
{
    /// <summary>The event's type, for those who act on it.</summary>
    public const string Type = "user_email_verification_requested";
}

/// <summary>Somebody forgot the user's password: the code to set another goes to the user's address by mail.</summary>
/// <param name="CodeId">The one-time code's id. The code itself is in no event.</param>
/// <param name="ExpiresAt">Until when it is good, unless another takes its place.</param>
[Event(Type, Topics.UserRegistration)]
public sealed record UserPasswordResetRequested(long UserId, string CodeId, DateTimeOffset ExpiresAt) : UserEvent(UserId)
{
    /// <summary>The event's type, for those who act on it.</summary>
    public const string Type = "user_password_reset_requested";
}

/// <summary>A user has a new password.</summary>
[Event(Type, Topics.UserRegistration)]
public sealed record UserPasswordChanged(long UserId) : UserEvent(UserId)
{
    /// <summary>The event's type, for those who act on it.</summary>
    public const string Type = "user_password_changed";
}

/// <summary>A user may no longer log in.</summary>
[Event(Type, Topics.UserRegistration)]
public sealed record UserDisabled(long UserId) : UserEvent(UserId)
{
    /// <summary>The event's type, for those who act on it.</summary>
    public const string Type = "user_disabled";
}

/// <summary>A user may log in again.</summary>
[Event("user_enabled", Topics.UserRegistration)]
public sealed record UserEnabled(long UserId) : UserEvent(UserId);

/// <summary>A user is gone, and what the services hold of the user has to go. It says no more than who.</summary>
[Event(Type, Topics.UserRegistration)]
public sealed record UserDeleted(long UserId) : UserEvent(UserId)
{
    /// <summary>The event's type, for those who act on it.</summary>
    public const string Type = "user_deleted";
}
