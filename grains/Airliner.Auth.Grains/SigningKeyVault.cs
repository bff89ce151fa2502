using Airliner.Contracts;

namespace Airliner.Auth.Grains;

/// <summary>Seals private keys for the store, each bound to its key's id.</summary>
/// <param name="key">256 bits.</param>
internal sealed class SigningKeyVault(byte[] key)
{
    public byte[] Seal(string keyId, byte[] privateKey) => SealedBytes.Seal(key, privateKey, keyId);

    /// <exception cref="InvalidOperationException">It was sealed with another key.</exception>
    public byte[] Open(string keyId, byte[] sealedKey) => SealedBytes.Open(key, sealedKey, keyId) ?? throw new InvalidOperationException(
        $"The signing key {keyId} cannot be opened: it was stored under another AIRLINER_SERVER_KEY. Give the silo that one again.");
}
