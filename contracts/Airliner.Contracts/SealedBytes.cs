using System.Security.Cryptography;
using System.Text;

namespace Airliner.Contracts;

/// <summary>What a store keeps that only the holder of a key may read: AES-256-GCM, as nonce, tag and ciphertext.</summary>
public static class SealedBytes
{
    private static readonly int _nonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int _tagBytes = AesGcm.TagByteSizes.MaxSize;

    /// <summary>Seals.</summary>
    /// <param name="key">256 bits.</param>
    /// <param name="subject">What it belongs to: it opens for the same alone, so that it cannot be moved to another's place.</param>
    public static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, string subject)
    {
        var sealedBytes = new byte[_nonceBytes + _tagBytes + plain.Length];
        var nonce = sealedBytes.AsSpan(0, _nonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, _tagBytes);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(_nonceBytes + _tagBytes), sealedBytes.AsSpan(_nonceBytes, _tagBytes), Encoding.UTF8.GetBytes(subject));
        return sealedBytes;
    }

    /// <summary>What was sealed; null where it was with another key, for another subject, or has changed since.</summary>
    public static byte[]? Open(byte[] key, ReadOnlySpan<byte> sealedBytes, string subject)
    {
        if (sealedBytes.Length < _nonceBytes + _tagBytes)
            return null;
        var plain = new byte[sealedBytes.Length - _nonceBytes - _tagBytes];
        using var aes = new AesGcm(key, _tagBytes);
        try
        {
            aes.Decrypt(
                sealedBytes[.._nonceBytes], sealedBytes[(_nonceBytes + _tagBytes)..], sealedBytes.Slice(_nonceBytes, _tagBytes), plain, Encoding.UTF8.GetBytes(subject));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
