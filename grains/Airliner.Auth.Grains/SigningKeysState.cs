using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Airliner.Contracts;
using Airliner.Contracts.Auth;

namespace Airliner.Auth.Grains;

/// <summary>
/// The keys as stored, in the order in which they sign. A key is announced (published, so that verifiers have it in time), then signs, then is retired
/// (published, as long as its tokens are good), and is forgotten.
/// </summary>
[GenerateSerializer]
[Alias("airliner.SigningKeysState")]
internal sealed class SigningKeysState
{
    [Id(0)]
    public IReadOnlyList<StoredKey> Keys { get; set; } = [];

    /// <summary>The last key that is in the audit log.</summary>
    [Id(1)]
    public string? AuditedKeyId { get; set; }

    /// <summary>The keys that are not in the audit log yet.</summary>
    [JsonIgnore]
    public IEnumerable<StoredKey> Unaudited => Keys.Skip(Keys.Select(key => key.KeyId).ToList().LastIndexOf(AuditedKeyId ?? "") + 1);

    /// <summary>The keys as they are to be now: a successor is announced in time, what is retired long enough is gone.</summary>
    /// <param name="make">Makes a key that signs from the given time on.</param>
    /// <returns>The same list where nothing changes.</returns>
    public IReadOnlyList<StoredKey> At(DateTimeOffset now, SigningKeysOptions options, Func<DateTimeOffset, StoredKey> make)
    {
        if (Keys.Count == 0)
            return [make(now)];
        var last = Keys[^1];
        var next = last.SignsFrom + options.Signing;
        // Nobody may have asked for long: the successor is announced as long as any, and the last one signs on meanwhile.
        var successor = next - options.Announced <= now ? make(Later(next, now + options.Announced)) : null;
        var kept = Keys.Where((_, i) => i == Keys.Count - 1 || Keys[i + 1].SignsFrom + options.Retired > now).ToList();
        if (successor is null && kept.Count == Keys.Count)
            return Keys;
        return successor is null ? kept : [.. kept, successor];
    }

    /// <summary>The key that signs.</summary>
    public StoredKey SigningAt(DateTimeOffset now) => Keys.LastOrDefault(key => key.SignsFrom <= now) ?? Keys[0];

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}

/// <summary>One key as stored.</summary>
[GenerateSerializer]
[Alias("airliner.StoredKey")]
internal sealed class StoredKey
{
    [Id(0)]
    public string KeyId { get; init; } = "";

    /// <summary>PKCS#8, sealed by <see cref="SigningKeyVault"/>.</summary>
    [Id(1)]
    public byte[] SealedPrivateKey { get; init; } = [];

    /// <summary>The public point's coordinates, base64url.</summary>
    [Id(2)]
    public string X { get; init; } = "";

    /// <inheritdoc cref="X"/>
    [Id(3)]
    public string Y { get; init; } = "";

    [Id(4)]
    public DateTimeOffset SignsFrom { get; init; }

    public PublicKey Public => new(KeyId, X, Y);

    /// <summary>A new key on P-256.</summary>
    public static StoredKey Make(SigningKeyVault vault, DateTimeOffset signsFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        // RFC 7638 names keys by their thumbprint; anything unique does, and a random name tells nothing.
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));
        var privateKey = key.ExportPkcs8PrivateKey();
        try
        {
            return new StoredKey
            {
                KeyId = id,
                SealedPrivateKey = vault.Seal(id, privateKey),
                X = Base64Url.EncodeToString(point.X),
                Y = Base64Url.EncodeToString(point.Y),
                SignsFrom = signsFrom.ToMicroseconds(),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }
}
