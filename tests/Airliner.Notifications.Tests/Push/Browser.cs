using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Tests.Push;

/// <summary>A browser that has subscribed: it has the keys, and decrypts what was encrypted for it (RFC 8291, RFC 8188), by the text of the RFCs.</summary>
internal sealed class Browser
{
    private const int CoordinateBytes = 32;
    private const int SaltBytes = 16;
    private const int TagBytes = 16;

    private readonly ECDiffieHellman _key;
    private readonly byte[] _auth;

    public Browser()
        : this(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256), RandomNumberGenerator.GetBytes(16))
    {
    }

    private Browser(ECDiffieHellman key, byte[] auth) => (_key, _auth) = (key, auth);

    public byte[] PublicKey => PointOf(_key.PublicKey);

    public byte[] Auth => _auth;

    public static Browser WithKeys(string privateKey, string auth) => new(
        ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Base64Url.DecodeFromChars(privateKey) }), Base64Url.DecodeFromChars(auth));

    public AddPushSubscription SubscribeAt(string endpoint) => new(endpoint, PublicKey, Auth);

    /// <summary>Decrypts a body of the coding <c>aes128gcm</c>, which is one record.</summary>
    public string Decrypt(byte[] body)
    {
        // RFC 8188 §2.1: salt, record size, length of the key id, which is the sender's public key here.
        var salt = body.AsSpan(0, SaltBytes);
        var recordSize = BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(SaltBytes));
        var keyLength = body[SaltBytes + 4];
        var sender = body.AsSpan(SaltBytes + 5, keyLength);
        var record = body.AsSpan(SaltBytes + 5 + keyLength);
        if (record.Length > recordSize)
            throw new CryptographicException($"The record has {record.Length} bytes, more than the {recordSize} that the header says.");

        // RFC 8291 §3.4.
        var info = (byte[])[.. "WebPush: info\0"u8, .. PublicKey, .. sender];
        var secret = HKDF.DeriveKey(HashAlgorithmName.SHA256, SharedSecretWith(sender), 32, _auth, info);
        // RFC 8188 §2.2 and §2.3, of the first record.
        var contentKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 16, salt.ToArray(), [.. "Content-Encoding: aes128gcm\0"u8]);
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 12, salt.ToArray(), [.. "Content-Encoding: nonce\0"u8]);
        var plain = new byte[record.Length - TagBytes];
        using var aes = new AesGcm(contentKey, TagBytes);
        aes.Decrypt(nonce, record[..^TagBytes], record[^TagBytes..], plain);
        // The last record's delimiter is 2, with zeros after it.
        var text = plain.AsSpan().TrimEnd((byte)0);
        return text[^1] == 2 ? Encoding.UTF8.GetString(text[..^1]) : throw new CryptographicException("The record is not the last one.");
    }

    private byte[] SharedSecretWith(ReadOnlySpan<byte> point)
    {
        using var other = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point.Slice(1, CoordinateBytes).ToArray(), Y = point[(1 + CoordinateBytes)..].ToArray() },
        });
        return _key.DeriveRawSecretAgreement(other.PublicKey);
    }

    private static byte[] PointOf(ECDiffieHellmanPublicKey key)
    {
        var point = key.ExportParameters().Q;
        return [4, .. point.X!, .. point.Y!];
    }
}
