using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Airliner.ServiceDefaults;

namespace Airliner.Host.Certificates;

/// <summary>The certificates of a deployment by Compose, as PEM files in one folder. What is there and is good is left as it is.</summary>
internal sealed class DeploymentCertificates(string folder, TimeProvider time)
{
    /// <summary>A certificate that ends sooner is made anew.</summary>
    private static readonly TimeSpan _renewedBefore = TimeSpan.FromDays(60);

    private static readonly TimeSpan _authorityLifetime = TimeSpan.FromDays(10 * 365);
    private static readonly TimeSpan _lifetime = TimeSpan.FromDays(397);

    /// <summary>For machines whose clocks are behind.</summary>
    private static readonly TimeSpan _clockSkew = TimeSpan.FromHours(1);

    /// <summary>How the gateways are reached on the machine itself and inside Compose's network.</summary>
    private static readonly string[] _ownHosts =
        ["localhost", "127.0.0.1", "::1", "usermanagement-service", "taskprocessing-service", "notification-service", "auth-service"];

    /// <summary>Makes what is missing, will not do any more, or does not name all hosts.</summary>
    /// <param name="hosts">Names and addresses, beside those above, by which clients reach the gateways.</param>
    /// <returns>A line about each certificate.</returns>
    /// <exception cref="StartException">A file cannot be read or written, or a host is none.</exception>
    public IReadOnlyList<string> Make(IReadOnlyCollection<string> hosts)
    {
        foreach (var host in hosts)
        {
            if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
                throw new StartException($"'{host}' is neither a host's name nor an address.");
        }

        try
        {
            Directory.CreateDirectory(folder);
            var lines = new List<string>();
            using var authority = Authority(lines);
            Leaf(authority, "silo", new(["airliner-silo"], IsServer: true, IsClient: true), lines);
            Leaf(authority, "gateway", new(["airliner-gateway"], IsServer: false, IsClient: true), lines);
            Leaf(authority, "server", new([.. _ownHosts, .. hosts], IsServer: true, IsClient: false), lines);
            return lines;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartException($"The certificates in {folder} cannot be made: {error.Message}", error);
        }
    }

    private CertificateAuthority Authority(List<string> lines)
    {
        if (File.Exists(PathOf("ca.crt")) && File.Exists(PathOf("ca.key")))
        {
            var kept = CertificateAuthority.FromPem(File.ReadAllText(PathOf("ca.crt")), File.ReadAllText(PathOf("ca.key")));
            lines.Add(Line("kept", "ca", kept.Certificate));
            return kept;
        }

        var now = time.GetUtcNow();
        var made = CertificateAuthority.Create(now - _clockSkew, now + _authorityLifetime);
        // Its key makes certificates that all processes believe: it is mounted nowhere, and its owner's alone.
        Write("ca.key", made.Certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Write("ca.crt", made.Certificate.ExportCertificatePem());
        lines.Add(Line("made", "ca", made.Certificate));
        return made;
    }

    private void Leaf(CertificateAuthority authority, string name, CertificateProfile profile, List<string> lines)
    {
        if (Existing(authority, name, profile) is { } kept)
        {
            lines.Add(Line("kept", name, kept));
            return;
        }

        var now = time.GetUtcNow();
        var end = now + _lifetime;
        var authorityEnd = new DateTimeOffset(authority.Certificate.NotAfter);
        var issued = authority.Issue(profile, now - _clockSkew, end < authorityEnd ? end : authorityEnd);
        Write($"{name}.key", issued.Key);
        Write($"{name}.crt", issued.Certificate);
        using var made = X509Certificate2.CreateFromPem(issued.Certificate);
        lines.Add(Line("made", name, made));
    }

    /// <summary>The certificate that is there, if it will do.</summary>
    private X509Certificate2? Existing(CertificateAuthority authority, string name, CertificateProfile profile)
    {
        if (!File.Exists(PathOf($"{name}.crt")) || !File.Exists(PathOf($"{name}.key")))
            return null;
        var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(PathOf($"{name}.crt")), File.ReadAllText(PathOf($"{name}.key")));
        var isOurs = certificate.IssuerName.RawData.AsSpan().SequenceEqual(authority.Certificate.SubjectName.RawData)
            && certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().SingleOrDefault()?.KeyIdentifier is { } issuer
            && issuer.Span.SequenceEqual(authority.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifierBytes.Span);
        var hasNames = profile.Names.All(host => certificate.MatchesHostname(host, allowWildcards: false, allowCommonName: false));
        return isOurs && hasNames && certificate.NotAfter.ToUniversalTime() > (time.GetUtcNow() + _renewedBefore).UtcDateTime ? certificate : null;
    }

    private static string Line(string what, string name, X509Certificate2 certificate) => string.Create(
        CultureInfo.InvariantCulture, $"  {what}  {name}.crt, valid until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}");

    private string PathOf(string file) => Path.Combine(folder, file);

    /// <summary>
    /// Writes a file whole or not at all. By default others may read it: containers' users do, under numbers of their own, and the closed folder keeps the
    /// rest out.
    /// </summary>
    private void Write(
        string file, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead)
    {
        var made = PathOf($"{file}.new");
        SecretFile.Write(made, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(made, mode);
        File.Move(made, PathOf(file), overwrite: true);
    }
}
