using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;

namespace Airliner.Gateways.Tests.Secrets;

/// <summary>Secrets that the system was given or gave, and where one of them was seen that should not be.</summary>
internal sealed class SecretList
{
    /// <summary>Every password hash begins so (the PHC string format).</summary>
    private const string Hash = "$argon2";

    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal) { [Hash] = "a password's hash" };

    /// <summary>Adds a secret text, as it is and in the ways in which it may be written.</summary>
    /// <returns>The same.</returns>
    public string Add(string name, string secret)
    {
        if (secret.Length < 16)
            throw new ArgumentException($"{name} is so short that it may be somewhere by chance.", nameof(secret));
        _names[secret] = name;
        Add(name, Encoding.UTF8.GetBytes(secret));
        return secret;
    }

    /// <summary>Adds secret bytes.</summary>
    public void Add(string name, byte[] secret)
    {
        _names[Convert.ToHexStringLower(secret)] = $"{name}, in hex";
        _names[Convert.ToHexString(secret)] = $"{name}, in hex";
        _names[Convert.ToBase64String(secret).TrimEnd('=')] = $"{name}, in base64";
        _names[Base64Url.EncodeToString(secret)] = $"{name}, in base64url";
    }

    /// <summary>Adds an access token. Its first two parts tell nothing that may not be known; the last makes it one.</summary>
    /// <returns>The same.</returns>
    public string AddToken(string name, string token)
    {
        Add(name, token.Split('.')[2]);
        return token;
    }

    /// <summary>Those that the text holds.</summary>
    public IEnumerable<string> In(string text) =>
        _names.Where(secret => text.Contains(secret.Key, StringComparison.Ordinal)).Select(secret => secret.Value).Distinct(StringComparer.Ordinal);
}
