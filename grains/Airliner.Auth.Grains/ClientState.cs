using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Records;

namespace Airliner.Auth.Grains;

/// <summary>A machine client as stored.</summary>
internal sealed record ClientState : Record
{
    /// <summary>What made it: the same again finds it.</summary>
    public string CommandId { get; init; } = "";

    public string Name { get; init; } = "";

    public byte[] SecretSalt { get; init; } = [];

    public byte[] SecretHash { get; init; } = new byte[SHA256.HashSizeInBytes];

    public ImmutableArray<string> Scopes { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it got its secret.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What is stored of a secret: secrets are long and random, so one keyed hash is enough.</summary>
    public static byte[] HashOf(string secret, byte[] salt) => HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(secret));

    public ClientState WithSecret(string secret, DateTimeOffset now)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return this with { SecretSalt = salt, SecretHash = HashOf(secret, salt), UpdatedAt = now };
    }

    public ClientView View(string clientId) => new(clientId, Name, Scopes, CreatedAt, UpdatedAt);
}

/// <summary>Finds machine clients.</summary>
internal interface IClientIndex
{
    /// <summary>Whether any machine client exists.</summary>
    Task<bool> AnyAsync();

    /// <summary>All machine clients, by id.</summary>
    Task<IReadOnlyList<ClientView>> ListAsync();
}

/// <summary>What the audit log calls what happens to machine clients and tokens.</summary>
internal static class ClientAudit
{
    public const string Created = "client_created";
    public const string SecretRotated = "client_secret_rotated";
    public const string Deleted = "client_deleted";
    public const string TokenRevoked = "token_revoked";
}
