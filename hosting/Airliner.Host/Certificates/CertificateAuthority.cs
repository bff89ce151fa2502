using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Airliner.Host.Certificates;

/// <summary>An authority of its own, which signs the certificates of one deployment: keys of P-256, signatures by SHA-256.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private CertificateAuthority(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>The authority's own certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>A new one.</summary>
    public static CertificateAuthority Create(DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Airliner Administration CA", key, HashAlgorithmName.SHA256);
        // It signs certificates of processes, and no authorities.
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new(request.CreateSelfSigned(notBefore, notAfter));
    }

    /// <exception cref="CryptographicException">The two are no certificate and its key.</exception>
    public static CertificateAuthority FromPem(string certificate, string key) => new(X509Certificate2.CreateFromPem(certificate, key));

    /// <summary>A certificate and its key, for whom the profile says.</summary>
    public IssuedCertificate Issue(CertificateProfile profile, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={profile.Names[0]}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(Usages(profile), critical: false));
        request.CertificateExtensions.Add(Names(profile));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        // A positive number of 127 bits (RFC 5280 §4.1.2.2).
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        using var certificate = request.Create(Certificate, notBefore, notAfter, serial);
        return new(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => Certificate.Dispose();

    private static OidCollection Usages(CertificateProfile profile)
    {
        var usages = new OidCollection();
        if (profile.IsServer)
            usages.Add(new Oid(ServerUsage));
        if (profile.IsClient)
            usages.Add(new Oid(ClientUsage));
        return usages;
    }

    private static X509Extension Names(CertificateProfile profile)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in profile.Names)
        {
            if (IPAddress.TryParse(name, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(name);
        }

        return names.Build();
    }
}

/// <param name="Names">DNS names and addresses, one at least.</param>
/// <param name="IsServer">Whether others connect to who has it.</param>
/// <param name="IsClient">Whether who has it connects to others by it.</param>
internal sealed record CertificateProfile(IReadOnlyList<string> Names, bool IsServer, bool IsClient);

/// <summary>Both in PEM form.</summary>
internal sealed record IssuedCertificate(string Certificate, string Key);
