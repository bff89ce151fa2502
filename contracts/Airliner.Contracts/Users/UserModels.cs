using System.Globalization;
using System.Text.Json.Serialization;

namespace Airliner.Contracts.Users;

/// <summary>A registration that the gateway has validated.</summary>
/// <param name="CommandId">Names the command: a repeat with the same id is the same registration.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RegisterUser")]
public sealed record RegisterUser(
    [property: Id(0)] string CommandId,
    [property: Id(1)] string Username,
    [property: Id(2)] string Email,
    [property: Id(3)] string Password,
    [property: Id(4)] string FirstName,
    [property: Id(5)] string LastName,
    [property: Id(6)] DateOnly? DateOfBirth,
    [property: Id(7)] IReadOnlyList<string> Roles)
{
    /// <summary>Names the user without the password.</summary>
    public override string ToString() => $"RegisterUser {{ {CommandId}, {Username} }}";
}

/// <summary>A registration whose password was hashed.</summary>
/// <param name="PasswordHash">argon2id as a PHC string.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CreateUser")]
public sealed record CreateUser(
    [property: Id(0)] string CommandId,
    [property: Id(1)] string Username,
    [property: Id(2)] string Email,
    [property: Id(3)] string PasswordHash,
    [property: Id(4)] string FirstName,
    [property: Id(5)] string LastName,
    [property: Id(6)] DateOnly? DateOfBirth,
    [property: Id(7)] IReadOnlyList<string> Roles)
{
    /// <summary>Names the user without the hash.</summary>
    public override string ToString() => $"CreateUser {{ {CommandId}, {Username} }}";
}

/// <summary>How a registration ended.</summary>
public enum RegisterOutcome
{
    Registered,
    UsernameTaken,
    EmailTaken,

    /// <summary>More passwords wait to be hashed than the silo queues: try again later.</summary>
    Busy,

    /// <summary>The password is not taken; the result says why.</summary>
    PasswordRefused,
}

/// <summary>Why a password is refused.</summary>
public enum PasswordRefusal
{
    /// <summary>It has fewer or more characters than <see cref="RegistrationLimits"/> allows.</summary>
    Length,

    /// <summary>It is among those that are guessed first: known from leaks, or a word or name.</summary>
    Common,

    /// <summary>It is hardly more than the username or the e-mail address.</summary>
    LikeName,

    /// <summary>It is known from a leak, says the service that is asked where the silo is configured so.</summary>
    Breached,
}

/// <param name="User">The user, where the outcome is <see cref="RegisterOutcome.Registered"/>.</param>
/// <param name="Refusal">What is wrong with the password, where the outcome is <see cref="RegisterOutcome.PasswordRefused"/>.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RegisterResult")]
public sealed record RegisterResult(
    [property: Id(0)] RegisterOutcome Outcome, [property: Id(1)] UserView? User = null, [property: Id(2)] PasswordRefusal? Refusal = null);

/// <summary>A user as REST shows one.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.UserView")]
public sealed record UserView(
    [property: Id(0)] long UserId,
    [property: Id(1)] string Username,
    [property: Id(2)] string Email,
    [property: Id(3)] bool EmailVerified,
    [property: Id(4)] string FirstName,
    [property: Id(5)] string LastName,
    [property: Id(6)] DateOnly? DateOfBirth,
    [property: Id(7)] IReadOnlyList<string> Roles,
    [property: Id(8)] string Status,
    [property: Id(9)] DateTimeOffset CreatedAt,
    [property: Id(10)] DateTimeOffset UpdatedAt)
{
    /// <summary>The strong entity tag (RFC 9110 §8.8.3): no two states of a user have the same <see cref="UpdatedAt"/>.</summary>
    [JsonIgnore]
    public string ETag => string.Create(CultureInfo.InvariantCulture, $"\"{UpdatedAt.UtcTicks / TimeSpan.TicksPerMicrosecond:x}\"");
}

/// <summary>What a user's status may be.</summary>
public static class UserStatus
{
    public const string Active = "active";
    public const string Disabled = "disabled";

    /// <summary>For good: the id alone is left.</summary>
    public const string Deleted = "deleted";

    /// <summary>What a user can be set to.</summary>
    public static IReadOnlyList<string> All { get; } = [Active, Disabled];
}

/// <summary>What is true of a user.</summary>
/// <param name="Status">One of <see cref="UserStatus"/>.</param>
/// <param name="UpdatedAt">When the user last changed: no event of the user's is later.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.UserStanding")]
public sealed record UserStanding([property: Id(0)] string Status, [property: Id(1)] DateTimeOffset UpdatedAt);

/// <summary>Which users a list has; null asks for nothing. Deleted ones are in it only where their status is asked for. Names are compared whole and without regard to case.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.UserFilter")]
public sealed record UserFilter([property: Id(0)] string? Username, [property: Id(1)] string? Email, [property: Id(2)] string? Status);

/// <param name="PasswordHash">argon2id as a PHC string.</param>
/// <param name="LastCommandId">The last command that changed the user.</param>
/// <param name="UpdatedAt">Names this state of the user.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.UserCredential")]
public sealed record UserCredential(
    [property: Id(0)] string Username,
    [property: Id(1)] string PasswordHash,
    [property: Id(2)] string Status,
    [property: Id(3)] IReadOnlyList<string> Roles,
    [property: Id(4)] string Email = "",
    [property: Id(5)] string LastCommandId = "",
    [property: Id(6)] DateTimeOffset UpdatedAt = default)
{
    /// <summary>Names the user without the hash.</summary>
    public override string ToString() => $"UserCredential {{ {Username}, {Status} }}";
}

/// <summary>Whose password to check. Every part that is given must belong to the same account.</summary>
/// <param name="UserId">The user's id, or null.</param>
/// <param name="Username">Username or e-mail, or null.</param>
/// <param name="SourceAddress">The address that the attempt came from.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CredentialQuery")]
public sealed record CredentialQuery(
    [property: Id(0)] long? UserId,
    [property: Id(1)] string? Username,
    [property: Id(2)] string Password,
    [property: Id(3)] string SourceAddress)
{
    /// <summary>Names the account without the password.</summary>
    public override string ToString() => $"CredentialQuery {{ {UserId}, {Username} }}";
}

/// <summary>How a credential check ended.</summary>
public enum CredentialOutcome
{
    Valid,

    /// <summary>No such account, wrong password or disabled: callers are told no more.</summary>
    Invalid,

    /// <summary>More passwords wait to be hashed than the silo queues: try again later.</summary>
    Busy,

    /// <summary>Too many attempts failed: the password was not looked at.</summary>
    HeldBack,
}

/// <param name="RetryAfter">How long attempts are held back.</param>
/// <param name="UserAsOf">The state of the user that the credentials were checked against: its <c>updatedAt</c>.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CredentialCheck")]
public sealed record CredentialCheck(
    [property: Id(0)] CredentialOutcome Outcome,
    [property: Id(1)] long UserId = 0,
    [property: Id(2)] string Username = "",
    [property: Id(3)] IReadOnlyList<string>? Roles = null,
    [property: Id(4)] TimeSpan RetryAfter = default,
    [property: Id(5)] DateTimeOffset UserAsOf = default);
