using System.Security.Cryptography;
using System.Text;

namespace Airliner.Contracts.Tasks;

/// <summary>The ids of groups.</summary>
public static class TaskGroupIds
{
    private const string Prefix = "g_";
    private const int HexDigits = 32;

    /// <summary>The id of the group that the command makes: each try of it makes the same group. Nobody guesses it, for a command's id is random.</summary>
    public static string Of(string commandId)
    {
        ArgumentNullException.ThrowIfNull(commandId);
        return Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"group {commandId}")))[..HexDigits];
    }

    /// <summary>Whether the text can be an id: no grain is activated for another.</summary>
    public static bool AreLike(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == Prefix.Length + HexDigits && text.StartsWith(Prefix, StringComparison.Ordinal) && text[Prefix.Length..].All(char.IsAsciiHexDigitLower);
    }
}
