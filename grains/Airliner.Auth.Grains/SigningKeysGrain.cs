using System.Security.Cryptography;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Microsoft.IdentityModel.Tokens;

namespace Airliner.Auth.Grains;

/// <summary>The ES256 keys that sign access tokens. Key: 0. Store: the service's grain state.</summary>
[GrainType("signing-keys")]
internal sealed class SigningKeysGrain([PersistentState("signing-keys", AuthStorage.Service)] IPersistentState<SigningKeysState> keys, TimeProvider time)
    : Grain, ISigningKeysGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (keys.State.Keys.Count > 0)
            return;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        keys.State.Keys.Add(new StoredKey
        {
            // RFC 7638 names keys by their thumbprint; anything unique does, and a random name tells nothing.
            KeyId = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(12)),
            PrivateKey = key.ExportPkcs8PrivateKey(),
            CreatedAt = time.Now(),
        });
        await keys.WriteStateAsync(cancellationToken);
    }

    public Task<IReadOnlyList<PublicKey>> GetPublicKeys() => Task.FromResult<IReadOnlyList<PublicKey>>([.. keys.State.Keys.Select(PublicKeyOf)]);

    public Task<SigningKey> GetSigningKey()
    {
        var key = keys.State.Keys[^1];
        return Task.FromResult(new SigningKey(key.KeyId, key.PrivateKey));
    }

    private static PublicKey PublicKeyOf(StoredKey stored)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(stored.PrivateKey, out _);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new PublicKey(stored.KeyId, Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y));
    }
}

/// <summary>The keys as stored, oldest first.</summary>
[GenerateSerializer]
[Alias("airliner.SigningKeysState")]
internal sealed class SigningKeysState
{
    [Id(0)]
    public List<StoredKey> Keys { get; set; } = [];
}

/// <summary>One key as stored.</summary>
[GenerateSerializer]
[Alias("airliner.StoredKey")]
internal sealed class StoredKey
{
    [Id(0)]
    public string KeyId { get; set; } = "";

    /// <summary>PKCS#8.</summary>
    [Id(1)]
    public byte[] PrivateKey { get; set; } = [];

    [Id(2)]
    public DateTimeOffset CreatedAt { get; set; }
}
