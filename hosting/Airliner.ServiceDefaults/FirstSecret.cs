using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults;

/// <summary>The secret of the first account of a kind, which is made where nobody set one.</summary>
public static class FirstSecret
{
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    /// <summary>
    /// The setting <paramref name="name"/> (or its <c>_FILE</c>); where there is none, a new secret that is written to a file of mode 0600 in
    /// <c>Data:Folder</c>, and shown on the terminal where there is one — never in a log.
    /// </summary>
    /// <param name="fileName">The file's name in the data folder.</param>
    /// <param name="what">What the secret is, for the terminal.</param>
    /// <param name="account">Whose it is, written beside it.</param>
    public static string Resolve(IConfiguration configuration, string name, string fileName, string what, string account)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (SecretFile.Setting(configuration, name) is { } given)
            return given;
        var made = Random(24);
        var file = SecretFile.PathOfMade(configuration, fileName);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // It may be of another database, which a start with other settings does not know.
        if (File.Exists(file))
            File.Move(file, $"{file}.old", overwrite: true);
        SecretFile.Write(file, account, made);
        if (!Console.IsOutputRedirected)
            Console.WriteLine($"{what} {account}: {made}   (kept in {file}; {name} sets another before the first start)");
        return made;
    }

    /// <summary>Random text of letters and digits that are not mistaken for one another, five bits each.</summary>
    public static string Random(int length) => RandomNumberGenerator.GetString(Alphabet, length);
}
