using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults.Tls;

/// <summary>A certificate with its private key, from two PEM files.</summary>
/// <param name="Intermediates">The certificates that follow it in its file, which lead to an authority that others know.</param>
internal sealed record PemCertificate(X509Certificate2 Certificate, X509Certificate2Collection Intermediates)
{
    /// <summary>Reads the files that <c>CertificateFile</c> and <c>KeyFile</c> of a section name; null where neither is set.</summary>
    /// <exception cref="InvalidOperationException">
    /// A setting or a file is missing, the two do not belong together, or the certificate is not valid at this time; the message names it.
    /// </exception>
    public static PemCertificate? Load(IConfigurationSection section, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(time);
        if (section["CertificateFile"] is not { Length: > 0 } && section["KeyFile"] is not { Length: > 0 })
            return null;
        var certificateFile = PemFile.Required(section, "CertificateFile", "the certificate");
        var keyFile = PemFile.Required(section, "KeyFile", "the certificate's private key");
        var certificates = PemFile.Certificates($"{section.Path}:CertificateFile", certificateFile);
        var certificate = WithKey(section, certificates[0], keyFile, certificateFile);
        certificates.RemoveAt(0);

        var now = time.GetUtcNow().UtcDateTime;
        var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        var file = $"{section.Path}:CertificateFile: the certificate in {certificateFile}";
        if (until <= now)
            throw new InvalidOperationException($"{file} expired at {until:u}; a new one must be there.");
        if (from > now)
            throw new InvalidOperationException($"{file} is valid from {from:u} on, and it is {now:u}: is this machine's clock right?");
        CertificateInstruments.Loaded(section.Path, until);
        return new(certificate, certificates);
    }

    private static X509Certificate2 WithKey(IConfigurationSection section, X509Certificate2 certificate, string keyFile, string certificateFile)
    {
        var key = PemFile.Read($"{section.Path}:KeyFile", keyFile);
        try
        {
            return X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), key);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"{section.Path}:KeyFile: {keyFile} does not have the private key of the certificate in {certificateFile}; "
                + "it must be that one, in PEM form and without a passphrase.",
                error);
        }
    }
}
