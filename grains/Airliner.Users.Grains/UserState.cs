using System.Collections.Immutable;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;

namespace Airliner.Users.Grains;

/// <summary>A user as stored.</summary>
internal sealed record UserState : Record
{
    /// <summary>The command that made the user: a repeat of it is recognised.</summary>
    public string CommandId { get; init; } = "";

    public string Username { get; init; } = "";

    public string Email { get; init; } = "";

    public bool EmailVerified { get; init; }

    /// <summary>argon2id as a PHC string.</summary>
    public string PasswordHash { get; init; } = "";

    public string FirstName { get; init; } = "";

    public string LastName { get; init; } = "";

    public DateOnly? DateOfBirth { get; init; }

    public ImmutableArray<string> Roles { get; init; } = [];

    public string Status { get; init; } = UserStatus.Active;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public static UserState Registered(long userId, CreateUser command, DateTimeOffset now) => new UserState
    {
        CommandId = command.CommandId,
        Username = command.Username,
        Email = command.Email,
        PasswordHash = command.PasswordHash,
        FirstName = command.FirstName,
        LastName = command.LastName,
        DateOfBirth = command.DateOfBirth,
        Roles = [.. command.Roles],
        CreatedAt = now,
        UpdatedAt = now,
    }.Raise(new UserRegistered(userId, command.Username, command.Email, command.FirstName, command.LastName) { Timestamp = now });

    /// <summary>Names the user without the hash.</summary>
    public override string ToString() => $"UserState {{ {Username}, {Status} }}";

    public UserView View(long userId) => new(
        userId, Username, Email, EmailVerified, FirstName, LastName, DateOfBirth, Roles, Status, CreatedAt, UpdatedAt);
}
