using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults.Tls;

/// <summary>PEM files (RFC 7468) that settings name, and errors that name both.</summary>
internal static class PemFile
{
    /// <summary>The path that a setting has to have.</summary>
    /// <exception cref="InvalidOperationException">It is not set.</exception>
    public static string Required(IConfigurationSection section, string setting, string what) => section[setting] is { Length: > 0 } file
        ? file
        : throw new InvalidOperationException(
            $"{section.Path}:{setting} is not set (environment: {section.Path.Replace(":", "__", StringComparison.Ordinal)}__{setting}): "
            + $"it names the PEM file with {what}.");

    /// <exception cref="InvalidOperationException">The file cannot be read.</exception>
    public static string Read(string setting, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{setting}: {file} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>All certificates of a file, one at least.</summary>
    /// <exception cref="InvalidOperationException">The file cannot be read, or has none.</exception>
    public static X509Certificate2Collection Certificates(string setting, string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Read(setting, file));
        }
        catch (CryptographicException error)
        {
            throw new InvalidOperationException($"{setting}: {file} has a certificate that cannot be read: {error.Message}", error);
        }

        return certificates.Count > 0
            ? certificates
            : throw new InvalidOperationException($"{setting}: {file} has no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----.");
    }
}
