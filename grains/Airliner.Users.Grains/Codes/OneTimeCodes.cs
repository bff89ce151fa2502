using System.Security.Cryptography;
using System.Text;
using Airliner.Contracts.Users;
using SimpleBase;

namespace Airliner.Users.Grains.Codes;

/// <summary>
/// Makes one-time codes: 128 bits of HMAC-SHA256 over purpose, user and the code's id, in Crockford's base32 (no I, L, O and U), so that whoever reads the
/// table finds no code in it.
/// </summary>
/// <param name="key">256 bits, of which nobody else knows.</param>
internal sealed class OneTimeCodes(byte[] key)
{
    private const int CodeBytes = 16;
    private const int GroupLength = 5;

    /// <summary>A new code's id. It tells nothing of the code.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The code, as people are shown it: <c>XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX</c>.</summary>
    public string Of(CodePurpose purpose, long userId, string codeId)
    {
        var code = Characters(purpose, userId, codeId);
        var groups = Enumerable.Range(0, code.Length / GroupLength).Select(group => code.Substring(group * GroupLength, GroupLength));
        return string.Join('-', groups) + code[^(code.Length % GroupLength)..];
    }

    /// <summary>Whether that is what was typed. Case does not matter, spaces and dashes do not, nor an O for a zero, an I or L for a one.</summary>
    public bool Matches(string typed, CodePurpose purpose, long userId, string codeId) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(Plain(typed)), Encoding.UTF8.GetBytes(Characters(purpose, userId, codeId)));

    private static string Plain(string typed) => string.Concat(typed.Where(c => c != '-' && !char.IsWhiteSpace(c)).Select(c => char.ToUpperInvariant(c) switch
    {
        'O' => '0',
        'I' or 'L' => '1',
        var other => other,
    }));

    private string Characters(CodePurpose purpose, long userId, string codeId) =>
        Base32.Crockford.Encode(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose}\n{userId}\n{codeId}")).AsSpan(..CodeBytes));
}
