using System.Collections.Immutable;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;

namespace Airliner.Users.Grains;

/// <summary>A user as stored.</summary>
internal sealed partial record UserState : Record
{
    /// <summary>The command that made the user: a repeat of it is recognised.</summary>
    public string CommandId { get; init; } = "";

    /// <summary>The last command that changed the user since: a repeat of it is recognised.</summary>
    public string LastCommandId { get; init; } = "";

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

    /// <summary>With the profile that the command says; the same state where it says nothing new.</summary>
    /// <param name="codeId">The id of the code that is mailed where an address is to be verified.</param>
    public UserState Updated(long userId, UpdateUser command, string codeId, DateTimeOffset now)
    {
        var isNew = command.Email is not null && command.Email != Email;
        var profile = this with
        {
            FirstName = command.FirstName ?? FirstName,
            LastName = command.LastName ?? LastName,
            DateOfBirth = command.SetsDateOfBirth ? command.DateOfBirth : DateOfBirth,
        };
        if (isNew && !command.Caller.Is(userId))
            profile = profile with { Email = command.Email!, EmailVerified = false };
        var next = Updated(userId, command.CommandId, now, profile);
        return isNew || command.IsOfEmailAlone ? next.WithEmailAsked(userId, command, codeId, now) : next;
    }

    /// <summary>With these roles and that of everybody; the same state where it has them.</summary>
    public UserState WithRoles(long userId, SetUserRoles command, DateTimeOffset now) => Updated(
        userId, command.CommandId, now, this with { Roles = [.. UserRoles.All.Where(role => role == Contracts.Roles.User || command.Roles.Contains(role))] });

    /// <summary>Disabled or enabled; the same state where it is so.</summary>
    public UserState WithStatus(long userId, SetUserStatus command, DateTimeOffset now)
    {
        if (command.Status == Status)
            return this;
        var next = Changed(this with { Status = command.Status }, command.CommandId, now);
        return command.Status == UserStatus.Active
            ? next.Raise(new UserEnabled(userId) { Timestamp = next.UpdatedAt })
            : next.Raise(new UserDisabled(userId) { Timestamp = next.UpdatedAt });
    }

    /// <summary>With a new password.</summary>
    public UserState WithPassword(long userId, SetPasswordHash command, DateTimeOffset now)
    {
        var next = Changed(WithoutPendingEmail() with { PasswordHash = command.PasswordHash }, command.CommandId, now);
        return next.Raise(new UserPasswordChanged(userId) { Timestamp = next.UpdatedAt });
    }

    /// <summary>Whether sessions that were opened in the state before may go on: nothing that they rest on was taken away.</summary>
    public bool KeepsSessionsOf(UserState before) =>
        PasswordHash == before.PasswordHash && Status == UserStatus.Active && !before.Roles.Except(Roles).Any();

    /// <summary>Of a deleted user the row stays, so that the id is known to be nobody's, and says nothing of the person.</summary>
    public UserState Deleted(long userId, DeleteUser command, DateTimeOffset now)
    {
        var next = Changed(new UserState { EventSequence = EventSequence, CreatedAt = CreatedAt, UpdatedAt = UpdatedAt, Status = UserStatus.Deleted }, command.CommandId, now);
        return next.Raise(new UserDeleted(userId) { Timestamp = next.UpdatedAt });
    }

    /// <summary>Names the user without the hash.</summary>
    public override string ToString() => $"UserState {{ {Username}, {Status} }}";

    public UserView View(long userId) => new(
        userId, Username, Email, EmailVerified, FirstName, LastName, DateOfBirth, Roles, Status, CreatedAt, UpdatedAt);

    private UserState Updated(long userId, string commandId, DateTimeOffset now, UserState next)
    {
        (string Member, bool Differs)[] members =
        [
            ("firstName", next.FirstName != FirstName),
            ("lastName", next.LastName != LastName),
            ("email", next.Email != Email),
            ("emailVerified", next.EmailVerified != EmailVerified),
            ("dateOfBirth", next.DateOfBirth != DateOfBirth),
            ("roles", !next.Roles.SequenceEqual(Roles)),
        ];
        string[] changed = [.. members.Where(member => member.Differs).Select(member => member.Member)];
        if (changed.Length == 0)
            return this;
        next = Changed(next, commandId, now);
        if (next.Email != Email)
            next = next.WithoutPendingEmail().After(Email);
        string[] removed = [.. Roles.Except(next.Roles)];
        return next.Raise(new UserUpdated(
            userId, next.Username, next.Email, next.FirstName, next.LastName, next.Roles, changed, removed.Length > 0 ? removed : null)
        { Timestamp = next.UpdatedAt });
    }

    /// <summary>The change's time is later than the last one's, whatever the clock says: it is the entity tag.</summary>
    private UserState Changed(UserState next, string commandId, DateTimeOffset now) => next with
    {
        LastCommandId = commandId,
        UpdatedAt = now > UpdatedAt ? now : UpdatedAt.AddMicroseconds(1),
    };
}
