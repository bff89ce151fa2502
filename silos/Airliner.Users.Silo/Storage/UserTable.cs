using System.Collections.Immutable;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Persistence.Postgres.Records;
using Airliner.Users.Grains;
using Airliner.Users.Grains.Codes;

namespace Airliner.Users.Silo.Storage;

/// <summary>How users are kept as rows.</summary>
internal static class UserTable
{
    public static RecordTable<long, UserState> Map { get; } = new(
        UsersStorage.Users,
        [
            Column.Of<UserState, string>("command_id", user => user.CommandId),
            Column.Of<UserState, string>("username", user => user.Username),
            Column.Of<UserState, string>("email", user => user.Email),
            Column.Of<UserState, bool>("email_verified", user => user.EmailVerified),
            Column.Of<UserState, string>("password_hash", user => user.PasswordHash),
            Column.Of<UserState, string>("first_name", user => user.FirstName),
            Column.Of<UserState, string>("last_name", user => user.LastName),
            Column.Of<UserState, DateOnly?>("date_of_birth", user => user.DateOfBirth),
            Column.Json<UserState>("roles", user => JsonSerializer.Serialize(user.Roles)),
            Column.Of<UserState, string>("status", user => user.Status),
            Column.Of<UserState, DateTimeOffset>("created_at", user => user.CreatedAt),
            Column.Of<UserState, DateTimeOffset>("updated_at", user => user.UpdatedAt),
            Column.Of<UserState, string>("last_command_id", user => user.LastCommandId),
            Column.Of<UserState, string?>("pending_email", user => user.PendingEmail),
            Column.Json<UserState>("former_emails", user => JsonSerializer.Serialize(user.FormerEmails, AirlinerJson.Options)),
            Column.Json<UserState>("codes", user => JsonSerializer.Serialize(user.Codes, AirlinerJson.Options)),
        ],
        row => new UserState
        {
            CommandId = row.Next<string>(),
            Username = row.Next<string>(),
            Email = row.Next<string>(),
            EmailVerified = row.Next<bool>(),
            PasswordHash = row.Next<string>(),
            FirstName = row.Next<string>(),
            LastName = row.Next<string>(),
            DateOfBirth = row.Next<DateOnly?>(),
            Roles = JsonSerializer.Deserialize<ImmutableArray<string>>(row.Next<string>()),
            Status = row.Next<string>(),
            CreatedAt = row.Next<DateTimeOffset>(),
            UpdatedAt = row.Next<DateTimeOffset>(),
            LastCommandId = row.Next<string>(),
            PendingEmail = row.Next<string?>(),
            FormerEmails = JsonSerializer.Deserialize<ImmutableArray<FormerEmail>>(row.Next<string>(), AirlinerJson.Options),
            Codes = JsonSerializer.Deserialize<UserCodes>(row.Next<string>(), AirlinerJson.Options)!,
        });
}
