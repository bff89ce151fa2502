using System.Security.Cryptography;

namespace Airliner.Contracts.Idempotency;

/// <summary>The key of the hashes that bodies are kept as: without it nobody who has the database can try passwords against them.</summary>
/// <param name="key">256 bits.</param>
public sealed class BodyHashKey(byte[] key)
{
    /// <summary>HMAC-SHA-256.</summary>
    public byte[] Hash(byte[] body) => HMACSHA256.HashData(key, body);
}
