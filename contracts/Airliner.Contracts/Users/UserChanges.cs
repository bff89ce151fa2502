namespace Airliner.Contracts.Users;

/// <summary>A change of a user's profile that the gateway has validated; a part that is null stays as it is.</summary>
/// <param name="CommandId">Names the command: a repeat with the same id is the same change.</param>
/// <param name="Caller">Who changes: an administrator's change of another's e-mail address takes effect at once, a user's own when its code is given back.</param>
/// <param name="SetsDateOfBirth">Whether <paramref name="DateOfBirth"/> is meant, which may also be taken away.</param>
/// <param name="IfMatch">The entity tags one of which the user must have (<see cref="UserView.ETag"/>), or <c>*</c>; null where any state will do.</param>
/// <param name="CheckedHash">The hash that the password was checked against, which a user's own new e-mail address needs.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.UpdateUser")]
public sealed record UpdateUser(
    [property: Id(0)] string CommandId,
    [property: Id(1)] Caller Caller,
    [property: Id(2)] string? FirstName = null,
    [property: Id(3)] string? LastName = null,
    [property: Id(4)] string? Email = null,
    [property: Id(5)] bool SetsDateOfBirth = false,
    [property: Id(6)] DateOnly? DateOfBirth = null,
    [property: Id(7)] IReadOnlyList<string>? IfMatch = null,
    [property: Id(8)] string? CheckedHash = null)
{
    /// <summary>Whether it is about the e-mail address and nothing else: then the address that the user has is meant, too.</summary>
    public bool IsOfEmailAlone => Email is not null && FirstName is null && LastName is null && !SetsDateOfBirth;

    /// <summary>Names the command without the person.</summary>
    public override string ToString() => $"UpdateUser {{ {CommandId} }}";
}

/// <summary>A change of a profile that has an e-mail address in it.</summary>
/// <param name="Password">What a user has to know who asks for another address; null where none was given.</param>
/// <param name="SourceAddress">The address that the attempt came from.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ChangeEmail")]
public sealed record ChangeEmail([property: Id(0)] UpdateUser Update, [property: Id(1)] string? Password, [property: Id(2)] string SourceAddress)
{
    /// <summary>Names the command without the password.</summary>
    public override string ToString() => $"ChangeEmail {{ {Update.CommandId} }}";
}

/// <summary>Which roles a user is to have; <see cref="Roles.User"/> is kept in any case.</summary>
/// <param name="CommandId">Names the command: a repeat with the same id is the same change.</param>
/// <param name="Roles">Some of <see cref="UserRoles.All"/>.</param>
/// <param name="IfMatch">As that of <see cref="UpdateUser"/>.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.SetUserRoles")]
public sealed record SetUserRoles(
    [property: Id(0)] string CommandId, [property: Id(1)] IReadOnlyList<string> Roles, [property: Id(2)] IReadOnlyList<string>? IfMatch = null);

/// <summary>Whether a user may log in.</summary>
/// <param name="CommandId">Names the command: a repeat with the same id is the same change.</param>
/// <param name="Status"><see cref="UserStatus.Active"/> or <see cref="UserStatus.Disabled"/>.</param>
/// <param name="IfMatch">As that of <see cref="UpdateUser"/>.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.SetUserStatus")]
public sealed record SetUserStatus(
    [property: Id(0)] string CommandId, [property: Id(1)] string Status, [property: Id(2)] IReadOnlyList<string>? IfMatch = null);

/// <summary>A new password.</summary>
/// <param name="CommandId">Names the command: a repeat with the same id is the same change.</param>
/// <param name="OldPassword">What the user has to know; null where an administrator changes another's.</param>
/// <param name="SourceAddress">The address that the attempt came from.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ChangePassword")]
public sealed record ChangePassword(
    [property: Id(0)] string CommandId,
    [property: Id(1)] string? OldPassword,
    [property: Id(2)] string NewPassword,
    [property: Id(3)] string SourceAddress)
{
    /// <summary>Names the command without the passwords.</summary>
    public override string ToString() => $"ChangePassword {{ {CommandId} }}";
}

/// <summary>A new password that was judged and hashed.</summary>
/// <param name="CommandId">Names the command: a repeat with the same id is the same change.</param>
/// <param name="PasswordHash">argon2id as a PHC string.</param>
/// <param name="Replaces">The hash that the old password was checked against, null where none was asked for; while it is another one, the outcome is
/// <see cref="UserChangeOutcome.Stale"/>.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.SetPasswordHash")]
public sealed record SetPasswordHash([property: Id(0)] string CommandId, [property: Id(1)] string PasswordHash, [property: Id(2)] string? Replaces)
{
    /// <summary>Names the command without the hashes.</summary>
    public override string ToString() => $"SetPasswordHash {{ {CommandId} }}";
}

/// <summary>Deletes a user.</summary>
/// <param name="CommandId">Names the command: a repeat with the same id is the same deletion.</param>
/// <param name="IfMatch">As that of <see cref="UpdateUser"/>.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.DeleteUser")]
public sealed record DeleteUser([property: Id(0)] string CommandId, [property: Id(1)] IReadOnlyList<string>? IfMatch = null);

/// <summary>The same password, hashed with the parameters of today.</summary>
/// <param name="PasswordHash">argon2id as a PHC string.</param>
/// <param name="Replaces">The hash that the password was checked against; where it is another one by now, nothing happens.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RehashPassword")]
public sealed record RehashPassword([property: Id(0)] string PasswordHash, [property: Id(1)] string Replaces)
{
    /// <summary>Shows no hash.</summary>
    public override string ToString() => "RehashPassword";
}

/// <summary>How a change of a user ended.</summary>
public enum UserChangeOutcome
{
    /// <summary>The user is as the command says; by a repeat of it, since its first try.</summary>
    Changed,

    /// <summary>The user was so before.</summary>
    Unchanged,
    NotFound,

    /// <summary>The user is no longer what the command takes for granted: has none of the entity tags, or another hash.</summary>
    Stale,
    EmailTaken,

    /// <summary>A user's own new e-mail address needs the password, and none was given.</summary>
    EmailRefused,

    /// <summary>It would leave the system without an active administrator.</summary>
    LastAdministrator,

    /// <summary>The old password is wrong.</summary>
    WrongPassword,

    /// <summary>The guard against guessed passwords lets no attempt at the old password through now; the result says for how long.</summary>
    HeldBack,

    /// <summary>The new password is not taken; the result says why.</summary>
    PasswordRefused,

    /// <summary>More passwords wait to be hashed than the silo queues: try again later.</summary>
    Busy,

    /// <summary>The password was changed while it was checked.</summary>
    PasswordMoved,

    /// <summary>The user has asked for too many mails; the result says for how long.</summary>
    TooManyMails,

    /// <summary>The one-time code is wrong, spent, replaced or expired, or there is no such account.</summary>
    CodeRefused,
}

/// <param name="User">The user as it is now, where the outcome is <see cref="UserChangeOutcome.Changed"/> or <see cref="UserChangeOutcome.Unchanged"/>.</param>
/// <param name="Refusal">What is wrong with the password, where the outcome is <see cref="UserChangeOutcome.PasswordRefused"/>.</param>
/// <param name="RetryAfter">How long to wait, where the outcome is <see cref="UserChangeOutcome.HeldBack"/> or
/// <see cref="UserChangeOutcome.TooManyMails"/>.</param>
/// <param name="KeepsSessions">Whether the change took nothing away that open sessions rest on. By a repeat of the command that is not known.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.UserChangeResult")]
public sealed record UserChangeResult(
    [property: Id(0)] UserChangeOutcome Outcome, [property: Id(1)] UserView? User = null, [property: Id(2)] PasswordRefusal? Refusal = null,
    [property: Id(3)] TimeSpan RetryAfter = default, [property: Id(4)] bool KeepsSessions = false);

/// <summary>The roles that a user can have.</summary>
public static class UserRoles
{
    public static IReadOnlyList<string> All { get; } = [Roles.User, Roles.Operator, Roles.Admin];
}
