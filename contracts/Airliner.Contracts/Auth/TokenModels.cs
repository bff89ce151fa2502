using System.Text.RegularExpressions;

namespace Airliner.Contracts.Auth;

/// <summary>What login answers are made of.</summary>
/// <param name="ExpiresIn">Seconds until the access token expires.</param>
/// <param name="RefreshToken">Null for a session without refresh.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.IssuedTokens")]
public sealed record IssuedTokens(
    [property: Id(0)] string AccessToken,
    [property: Id(1)] int ExpiresIn,
    [property: Id(2)] string? RefreshToken)
{
    public override string ToString() => $"IssuedTokens {{ {ExpiresIn} s }}";
}

/// <summary>A login. Every part that names the account must name the same one.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.LoginCommand")]
public sealed record LoginCommand(
    [property: Id(0)] long? UserId,
    [property: Id(1)] string Username,
    [property: Id(2)] string Password,
    [property: Id(3)] string SourceAddress,
    [property: Id(4)] string UserAgent,
    [property: Id(5)] bool WithRefresh)
{
    /// <summary>Names the account without the password.</summary>
    public override string ToString() => $"LoginCommand {{ {UserId}, {Username} }}";
}

/// <summary>How a login ended.</summary>
public enum LoginOutcome
{
    LoggedIn,

    /// <summary>Wrong user, wrong password or disabled: one and the same answer.</summary>
    InvalidCredentials,

    /// <summary>The password hashers are full, or the account changes faster than a password can be checked: try again later.</summary>
    Busy,

    /// <summary>Too many attempts failed: the password was not looked at.</summary>
    HeldBack,
}

/// <param name="RetryAfter">How long attempts are held back.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.LoginResult")]
public sealed record LoginResult(
    [property: Id(0)] LoginOutcome Outcome,
    [property: Id(1)] IssuedTokens? Tokens = null,
    [property: Id(2)] TimeSpan RetryAfter = default);

/// <summary>A machine client to make.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CreateClient")]
public sealed record CreateClient(
    [property: Id(0)] string CommandId,
    [property: Id(1)] string Name,
    [property: Id(2)] string Secret,
    [property: Id(3)] IReadOnlyList<string> Scopes)
{
    /// <summary>Names the client without the secret.</summary>
    public override string ToString() => $"CreateClient {{ {Name} }}";
}

/// <summary>A machine client as administrators see it.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ClientView")]
public sealed record ClientView(
    [property: Id(0)] string ClientId,
    [property: Id(1)] string Name,
    [property: Id(2)] IReadOnlyList<string> Scopes,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] DateTimeOffset UpdatedAt);

/// <summary>How a <c>client_credentials</c> grant ended.</summary>
public enum ClientTokenOutcome
{
    Issued,

    /// <summary>No such client, or another secret: <c>invalid_client</c>.</summary>
    InvalidClient,

    /// <summary>A scope that the client does not have: <c>invalid_scope</c>.</summary>
    InvalidScope,
}

/// <param name="Scope">The scopes granted, separated by spaces.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ClientTokenResult")]
public sealed record ClientTokenResult(
    [property: Id(0)] ClientTokenOutcome Outcome,
    [property: Id(1)] string AccessToken = "",
    [property: Id(2)] int ExpiresIn = 0,
    [property: Id(3)] string Scope = "")
{
    public override string ToString() => $"ClientTokenResult {{ {Outcome} }}";
}

/// <summary>A public key as a JSON Web Key (RFC 7517) of the curve P-256.</summary>
/// <param name="KeyId">The <c>kid</c>.</param>
/// <param name="X">The x coordinate, base64url.</param>
/// <param name="Y">The y coordinate, base64url.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.PublicKey")]
public sealed record PublicKey([property: Id(0)] string KeyId, [property: Id(1)] string X, [property: Id(2)] string Y);

/// <param name="PrivateKey">PKCS#8.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.SigningKey")]
public sealed record SigningKey([property: Id(0)] string KeyId, [property: Id(1)] byte[] PrivateKey)
{
    public override string ToString() => $"SigningKey {{ {KeyId} }}";
}

/// <summary>The ids of machine clients.</summary>
public static partial class ClientIds
{
    /// <summary>Whether this could be one: <c>c_</c> and up to 98 of <c>A–Z a–z 0–9 _ -</c>.</summary>
    public static bool AreLike(string clientId) => Pattern().IsMatch(clientId);

    [GeneratedRegex(@"^c_[A-Za-z0-9_-]{1,98}\z")]
    private static partial Regex Pattern();
}

/// <summary>Scopes of machine clients.</summary>
public static class Scopes
{
    /// <summary>Lets a client take work as <c>airliner.tasks.v1.TaskWorker</c>.</summary>
    public const string TasksWork = "tasks.work";

    public static IReadOnlyList<string> All { get; } = [TasksWork];
}
