using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;

namespace Airliner.Notifications.Grains.Push;

/// <summary>
/// The key by which push services know this system (RFC 8292): ES256. A browser subscribes for this key alone, so that with another one all subscriptions are lost.
/// </summary>
internal sealed class VapidKey
{
    private const int ScalarBytes = 32;

    private static readonly BigInteger _order = new(
        Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), isUnsigned: true, isBigEndian: true);

    /// <param name="scalar">The private key, 32 bytes.</param>
    /// <exception cref="CryptographicException">It is no private key of P-256.</exception>
    private VapidKey(byte[] scalar)
    {
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        (PrivateKey, PublicKey) = (Base64Url.EncodeToString(scalar), Base64Url.EncodeToString([4, .. point.X!, .. point.Y!]));
    }

    /// <summary>The scalar, in base64url.</summary>
    public string PrivateKey { get; }

    /// <summary>The point, uncompressed, in base64url: a browser's <c>applicationServerKey</c>.</summary>
    public string PublicKey { get; }

    /// <summary>Reads a private key as generators of VAPID keys write one: its 32 bytes in base64url.</summary>
    /// <exception cref="FormatException">It is not that.</exception>
    public static VapidKey Parse(string text)
    {
        try
        {
            if (Base64Url.IsValid(text, out var length) && length == ScalarBytes)
                return new(Base64Url.DecodeFromChars(text));
        }
        catch (CryptographicException)
        {
            // Zero, or beyond the curve's order: the answer is the same.
        }

        throw new FormatException("A VAPID private key is 32 bytes of P-256 in base64url, as 'npx web-push generate-vapid-keys' makes one.");
    }

    /// <summary>The key that belongs to a secret, the same each time.</summary>
    /// <param name="secret">256 bits.</param>
    public static VapidKey DerivedFrom(byte[] secret)
    {
        // 128 bits more than the order has, so that no key is likelier than another (FIPS 186-5, A.2.1).
        var number = new BigInteger(HKDF.Expand(HashAlgorithmName.SHA256, secret, ScalarBytes + 16), isUnsigned: true, isBigEndian: true);
        var scalar = ((number % (_order - 1)) + 1).ToByteArray(isUnsigned: true, isBigEndian: true);
        return new([.. new byte[ScalarBytes - scalar.Length], .. scalar]);
    }
}
