using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults;

/// <summary>
/// The one secret of a deployment, from which a key is derived for each purpose (HKDF, RFC 5869): <c>AIRLINER_SERVER_KEY</c>, or the file that
/// <c>AIRLINER_SERVER_KEY_FILE</c> names. Where neither is set, <c>server-key</c> in <c>Data:Folder</c>, which is made at the first start. All silos
/// of a deployment need the same.
/// </summary>
public sealed class ServerKey
{
    /// <summary>The fewest characters that a given secret may have: 32 of hex are 128 bits.</summary>
    public const int ShortestSecret = 32;

    private const string Setting = "AIRLINER_SERVER_KEY";
    private const int KeyBytes = 32;

    private readonly byte[] _secret;

    /// <exception cref="InvalidOperationException">The secret is too short.</exception>
    public ServerKey(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.Length < ShortestSecret)
            throw new InvalidOperationException($"{Setting} must have at least {ShortestSecret} characters, random ones: 'openssl rand -hex 32' makes some.");
        _secret = Encoding.UTF8.GetBytes(secret);
    }

    /// <summary>Reads or makes the secret.</summary>
    /// <exception cref="InvalidOperationException">The secret is too short, or its file cannot be read; the message names it.</exception>
    public static ServerKey Load(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new(SecretFile.Setting(configuration, Setting)
            ?? SecretFile.ReadOrMake(FileIn(configuration), () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes))));
    }

    /// <summary>Reads the secret, and makes none: for what can do nothing with another one.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it is too short; the message says where it was looked for.</exception>
    public static ServerKey Existing(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new(SecretFile.Setting(configuration, Setting) ?? SecretFile.Read(FileIn(configuration)));
    }

    /// <summary>The key for a purpose, 256 bits.</summary>
    /// <param name="purpose">A name that never changes, since what was sealed with its key could not be opened any more.</param>
    public byte[] Derive(string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, KeyBytes, info: Encoding.UTF8.GetBytes($"airliner {purpose}"));
    }

    private static string FileIn(IConfiguration configuration) => SecretFile.PathOfMade(configuration, "server-key");
}
