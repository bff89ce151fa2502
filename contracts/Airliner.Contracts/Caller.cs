
namespace Airliner.Contracts;

/// <summary>Who makes a call, as the gateway read it from the verified access token.</summary>
/// <param name="UserId">The user, null for a machine client.</param>
/// <param name="ClientId">The OAuth client: <c>airliner</c> for users, <c>c_…</c> for a machine client.</param>
/// <param name="Roles">Some of <see cref="Contracts.Roles"/>.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.Caller")]
public sealed record Caller([property: Id(0)] long? UserId, [property: Id(1)] string ClientId, [property: Id(2)] IReadOnlyList<string> Roles)
{
    public bool IsAdmin => Roles.Contains(Contracts.Roles.Admin);

    public bool IsService => Roles.Contains(Contracts.Roles.Service);

    /// <summary>Whether the caller reads what belongs to everybody: administrators do, and operators, who change no user.</summary>
    public bool ReadsAll => IsAdmin || Roles.Contains(Contracts.Roles.Operator);

    /// <summary>Whether the caller is that user. A machine client is never anybody.</summary>
    public bool Is(long userId) => UserId == userId;
}

/// <summary>The roles.</summary>
public static class Roles
{
    /// <summary>Everybody with an account.</summary>
    public const string User = "user";

    /// <summary>Reads what an administrator reads, retries and redrives, changes no user.</summary>
    public const string Operator = "operator";

    public const string Admin = "admin";

    /// <summary>Machine clients only: no user can have it.</summary>
    public const string Service = "service";
}
