using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Records;

namespace Airliner.Auth.Grains;

/// <summary>One machine client. Key: client id. Store: table <c>oauth_clients</c>.</summary>
[GrainType("oauth-client")]
internal sealed class ClientGrain(
    [PersistentState("oauth-client", AuthStorage.Clients)] IPersistentState<ClientState> client,
    AccessTokenIssuer issuer,
    TimeProvider time) : Grain, IClientGrain
{
    public async Task<bool> Create(string secret, IReadOnlyList<string> scopes)
    {
        if (client.RecordExists)
            return false;
        var salt = RandomNumberGenerator.GetBytes(16);
        await client.CommitAsync(new ClientState
        {
            SecretSalt = salt,
            SecretHash = ClientState.HashOf(secret, salt),
            Scopes = [.. scopes],
            CreatedAt = time.Now(),
        });
        return true;
    }

    public async Task<ClientTokenResult> IssueToken(string secret, string? scope)
    {
        // A client id that does not exist costs the same comparison.
        var matches = CryptographicOperations.FixedTimeEquals(ClientState.HashOf(secret, client.State.SecretSalt), client.State.SecretHash);
        if (!client.RecordExists || !matches)
            return new(ClientTokenOutcome.InvalidClient);

        var asked = scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [.. client.State.Scopes];
        if (asked.Except(client.State.Scopes).Any())
            return new(ClientTokenOutcome.InvalidScope);
        var granted = string.Join(' ', asked);
        var token = await issuer.ForClientAsync(GrainFactory, this.GetPrimaryKeyString(), granted);
        return new(ClientTokenOutcome.Issued, token, AccessTokenIssuer.ExpiresInSeconds, granted);
    }
}

/// <summary>A machine client as stored.</summary>
internal sealed record ClientState : Record
{
    public byte[] SecretSalt { get; init; } = [];

    public byte[] SecretHash { get; init; } = new byte[SHA256.HashSizeInBytes];

    public ImmutableArray<string> Scopes { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What is stored of a secret: secrets are long and random, so one keyed hash is enough.</summary>
    public static byte[] HashOf(string secret, byte[] salt) => HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(secret));
}

/// <summary>Finds machine clients.</summary>
internal interface IClientIndex
{
    /// <summary>Whether any machine client exists.</summary>
    Task<bool> AnyAsync();
}
