using System.Collections.Frozen;
using Airliner.Contracts.Users;

namespace Airliner.Users.Grains.Passwords;

/// <summary>
/// Which passwords are taken, as NIST SP 800-63B §3.1.1.2 asks: long enough, not what is guessed first, and nothing about characters of this or that kind.
/// </summary>
internal static class PasswordPolicy
{
    /// <summary>A shorter name is in many a password by chance.</summary>
    private const int ShortestName = 4;

    private static readonly FrozenSet<string> _common = ReadCommon().ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Why the password of such a user is refused, null where it is taken.</summary>
    public static PasswordRefusal? Refusal(string password, string username, string email) => password switch
    {
        { Length: < RegistrationLimits.ShortestPassword or > RegistrationLimits.LongestPassword } => PasswordRefusal.Length,
        _ when _common.Contains(password) => PasswordRefusal.Common,
        _ when IsLike(password, username) || IsLike(password, email) || IsLike(password, email.Split('@')[0]) => PasswordRefusal.LikeName,
        _ => null,
    };

    /// <summary>Who guesses knows the name, so it adds nothing: without it there must still be a password.</summary>
    private static bool IsLike(string password, string name)
    {
        if (name.Length < ShortestName || !password.Contains(name, StringComparison.OrdinalIgnoreCase))
            return false;
        var rest = password.Replace(name, "", StringComparison.OrdinalIgnoreCase);
        return rest.Length < RegistrationLimits.ShortestPassword || _common.Contains(rest);
    }

    private static IEnumerable<string> ReadCommon()
    {
        using var list = typeof(PasswordPolicy).Assembly.GetManifestResourceStream("Airliner.Users.Grains.Passwords.Common.common-passwords.txt")!;
        using var reader = new StreamReader(list);
        while (reader.ReadLine() is { } password)
            yield return password;
    }
}
