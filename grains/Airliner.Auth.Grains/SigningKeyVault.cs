using System.Security.Cryptography;
using System.Text;

namespace Airliner.Auth.Grains;

/// <summary>Seals private keys for the store: AES-256-GCM, bound to the key's id.</summary>
/// <param name="key">256 bits.</param>
internal sealed class SigningKeyVault(byte[] key)
{
    private static readonly int _nonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int _tagBytes = AesGcm.TagByteSizes.MaxSize;

    /// <summary>Nonce, tag and ciphertext.</summary>
    public byte[] Seal(string keyId, byte[] privateKey)
    {
        var sealedKey = new byte[_nonceBytes + _tagBytes + privateKey.Length];
        var nonce = sealedKey.AsSpan(0, _nonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, _tagBytes);
        aes.Encrypt(nonce, privateKey, sealedKey.AsSpan(_nonceBytes + _tagBytes), sealedKey.AsSpan(_nonceBytes, _tagBytes), Encoding.UTF8.GetBytes(keyId));
        return sealedKey;
    }

    /// <exception cref="InvalidOperationException">It was sealed with another key.</exception>
    public byte[] Open(string keyId, byte[] sealedKey)
    {
        var privateKey = new byte[sealedKey.Length - _nonceBytes - _tagBytes];
        using var aes = new AesGcm(key, _tagBytes);
        try
        {
            aes.Decrypt(
                sealedKey.AsSpan(0, _nonceBytes), sealedKey.AsSpan(_nonceBytes + _tagBytes), sealedKey.AsSpan(_nonceBytes, _tagBytes), privateKey,
                Encoding.UTF8.GetBytes(keyId));
        }
        catch (AuthenticationTagMismatchException)
        {
            // Without the inner exception, which the callers' processes have no codec for.
            throw new InvalidOperationException(
                $"The signing key {keyId} cannot be opened: it was stored under another AIRLINER_SERVER_KEY. Give the silo that one again.");
        }

        return privateKey;
    }
}
