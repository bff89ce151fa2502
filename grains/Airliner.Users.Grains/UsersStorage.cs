using Airliner.Contracts;
using Airliner.Contracts.Users;

namespace Airliner.Users.Grains;

/// <summary>What the grains know of their store.</summary>
internal static class UsersStorage
{
    /// <summary>The service, as its database and relay are keyed by.</summary>
    public const string Service = "users";

    /// <summary>The storage of state that only its own grain reads; the service's own name is the table's.</summary>
    public const string State = "users-state";

    /// <summary>The table of users.</summary>
    public const string Users = "users";

    public const string EmailIndex = "users_email_key";

    /// <summary>The rule of the table that an active administrator is left.</summary>
    public const string LastAdministrator = "users_last_administrator";
}

/// <summary>Finds users in their table: by what is unique of them, without regard to case, and as lists.</summary>
internal interface IUserIndex
{
    /// <summary>The user whose username or e-mail this is.</summary>
    Task<long?> FindAsync(string usernameOrEmail);

    /// <summary>Who has the username, and who has the e-mail.</summary>
    Task<(long? Username, long? Email)> FindHoldersAsync(string username, string email);

    /// <summary>The user whom a command has made which an idempotency key stands for, null where there is none.</summary>
    Task<UserView?> FindByCommandAsync(string commandId);

    /// <summary>Whether any administrator exists.</summary>
    Task<bool> AnyAdministratorAsync();

    /// <summary>What is true of the user now; null where there never was one.</summary>
    Task<UserStanding?> StandingAsync(long userId);

    /// <summary>A page of those that the filter asks for.</summary>
    Task<Page<UserView>> ListAsync(UserFilter filter, PageRequest page);
}
