using System.Text.RegularExpressions;

namespace Airliner.Contracts.Users;

/// <summary>What holds for every user, however one comes to be.</summary>
public static partial class RegistrationLimits
{
    public const int ShortestPassword = 8;

    public const int LongestPassword = 128;

    /// <summary>Characters of an e-mail address, which RFC 5321 §4.5.3.1.3 leaves of a path's 256 octets.</summary>
    public const int LongestEmail = 254;

    /// <summary>What <see cref="Username"/> takes, for those who are told that theirs is none.</summary>
    public const string UsernameRule = "3 to 20 characters of A–Z, a–z, 0–9, _ and -";

    /// <summary>3 to 20 of <c>A–Z a–z 0–9 _ -</c>, and nothing after them: <c>$</c> would let a line end pass.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9_-]{3,20}\z")]
    public static partial Regex Username();
}
