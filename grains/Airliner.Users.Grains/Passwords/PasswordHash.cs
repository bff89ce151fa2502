using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using NSec.Cryptography;

namespace Airliner.Users.Grains.Passwords;

/// <summary>
/// argon2id with the parameters that OWASP's Password Storage Cheat Sheet names first (19 MiB, 2 passes, 1 lane), as a PHC string.
/// </summary>
internal static partial class PasswordHash
{
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private static readonly Argon2Parameters _parameters = new() { DegreeOfParallelism = 1, MemorySize = 19 * 1024, NumberOfPasses = 2 };

    /// <summary>A hash that no password has, for accounts that do not exist: checking it takes as long as checking a real one.</summary>
    public static string OfNobody { get; } = Format(_parameters, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(HashBytes));

    /// <summary>Hashes a password with a salt of its own; takes about 12 ms of one core.</summary>
    public static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Format(_parameters, salt, Derive(_parameters, password, salt, HashBytes));
    }

    /// <summary>Whether the hash is this password's, by the parameters that it names itself.</summary>
    /// <exception cref="FormatException">The hash is not argon2id as a PHC string.</exception>
    public static bool Matches(string password, string hash)
    {
        var (parameters, salt, expected) = Parse(hash);
        return CryptographicOperations.FixedTimeEquals(expected, Derive(parameters, password, salt, expected.Length));
    }

    /// <summary>Whether the hash is weaker than one that would be made now: by its own parameters it costs less to guess.</summary>
    /// <exception cref="FormatException">The hash is not argon2id as a PHC string.</exception>
    public static bool IsOutdated(string hash)
    {
        var (parameters, _, derived) = Parse(hash);
        return parameters.MemorySize < _parameters.MemorySize || parameters.NumberOfPasses < _parameters.NumberOfPasses || derived.Length < HashBytes;
    }

    private static (Argon2Parameters Parameters, byte[] Salt, byte[] Hash) Parse(string hash)
    {
        var parts = Phc().Match(hash);
        if (!parts.Success)
            throw new FormatException("A stored password hash is not argon2id as a PHC string.");
        var parameters = new Argon2Parameters
        {
            MemorySize = long.Parse(parts.Groups["m"].ValueSpan, CultureInfo.InvariantCulture),
            NumberOfPasses = long.Parse(parts.Groups["t"].ValueSpan, CultureInfo.InvariantCulture),
            DegreeOfParallelism = int.Parse(parts.Groups["p"].ValueSpan, CultureInfo.InvariantCulture),
        };
        return (parameters, Decode(parts.Groups["salt"].Value), Decode(parts.Groups["hash"].Value));
    }

    private static byte[] Derive(Argon2Parameters parameters, string password, byte[] salt, int length) =>
        PasswordBasedKeyDerivationAlgorithm.Argon2id(parameters).DeriveBytes(password, salt, length);

    private static string Format(Argon2Parameters parameters, byte[] salt, byte[] hash) => string.Create(
        CultureInfo.InvariantCulture,
        $"$argon2id$v=19$m={parameters.MemorySize},t={parameters.NumberOfPasses},p={parameters.DegreeOfParallelism}${Encode(salt)}${Encode(hash)}");

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[] Decode(string text) => Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));

    [GeneratedRegex(@"^\$argon2id\$v=19\$m=(?<m>\d{1,9}),t=(?<t>\d{1,4}),p=(?<p>\d{1,3})\$(?<salt>[A-Za-z0-9+/]+)\$(?<hash>[A-Za-z0-9+/]+)$")]
    private static partial Regex Phc();
}
