using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Airliner.Auth.Grains;

/// <summary>
/// A refresh token as its holder has it: whose it is, what all tokens of its session have in common, and what it alone has. Nothing of it is stored but hashes.
/// </summary>
/// <param name="Family">128 random bits. With them a token that was spent long ago is told from one that was made up, whose use must end no session.</param>
/// <param name="Secret">256 bits.</param>
internal sealed record RefreshToken(long UserId, string Family, string Secret)
{
    private const int FamilyBytes = 16;
    private const int SecretBytes = 32;

    public string FamilyHash => HashOf(Family);

    public string SecretHash => HashOf(Secret);

    /// <summary>What the client is given.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{UserId}.{Family}.{Secret}");

    public static RefreshToken New(long userId) => new(userId, Random(FamilyBytes), Random(SecretBytes));

    /// <summary>Something random that makes one token of another.</summary>
    public static string NewNonce() => Random(SecretBytes);

    /// <summary>Null where the text is no refresh token of ours.</summary>
    public static RefreshToken? Parse(string text) =>
        text.Split('.') is [var user, { Length: 22 } family, { Length: 43 } secret]
        && long.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var userId)
            ? new(userId, family, secret)
            : null;

    /// <summary>
    /// The token that comes after this one: always the same, for whoever has both this token and the nonce. The nonce is stored and the token is not, so that the
    /// successor can be answered again but neither a copy of the database nor a stolen spent token is enough to make it.
    /// </summary>
    public RefreshToken Successor(string nonce) =>
        this with { Secret = Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(nonce))) };

    /// <summary>Names the user without the token.</summary>
    public override string ToString() => $"RefreshToken {{ {UserId} }}";

    /// <summary>Both parts are random enough that a plain hash cannot be searched, and that comparing hashes tells nothing by its time.</summary>
    private static string HashOf(string part) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(part)));

    private static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
