using System.Buffers.Text;
using System.Security.Cryptography;

namespace Airliner.Contracts;

/// <summary>Ids of one kind of thing, which cannot be guessed and say by their prefix what they are of: the prefix and 120 bits as base64url (RFC 4648 §5).</summary>
public sealed class PrefixedIds(string prefix)
{
    /// <summary>The bytes of an id: a multiple of three, which leaves no bits over.</summary>
    public const int Bytes = 15;

    public static PrefixedIds Webhooks { get; } = new("wh_");

    public static PrefixedIds PushSubscriptions { get; } = new("ps_");

    /// <summary>A new one, at random.</summary>
    public string New() => Of(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The one that has these <see cref="Bytes"/>.</summary>
    public string Of(ReadOnlySpan<byte> bytes) => prefix + Base64Url.EncodeToString(bytes);

    /// <summary>Whether this could be one: what else a client sends is never looked for. <see cref="Base64Url.IsValid(ReadOnlySpan{char})"/> would let white space pass.</summary>
    public bool AreLike(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length == prefix.Length + Base64Url.GetEncodedLength(Bytes) && id.StartsWith(prefix, StringComparison.Ordinal)
            && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');
    }
}
