using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Airliner.Host.Certificates;

namespace Airliner.Gateways.Tests.Tls;

/// <summary>An authority of a test, and files with what it signed.</summary>
internal sealed class TestCertificates : IDisposable
{
    public static readonly CertificateProfile Server = new(["127.0.0.1", "localhost", "airliner.example"], IsServer: true, IsClient: false);
    public static readonly CertificateProfile Silo = new(["airliner-silo"], IsServer: true, IsClient: true);
    public static readonly CertificateProfile Gateway = new(["airliner-gateway"], IsServer: false, IsClient: true);

    private readonly CertificateAuthority _authority = CertificateAuthority.Create(Now.AddDays(-30), Now.AddYears(1));

    public TestCertificates() => CaFile = Write("ca.crt", _authority.Certificate.ExportCertificatePem());

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public string Folder { get; } = Directory.CreateTempSubdirectory("airliner-tls-").FullName;

    /// <summary>The authority's own certificate.</summary>
    public string CaFile { get; }

    /// <summary>A certificate that is valid now, unless other times are given.</summary>
    public IssuedCertificate Issue(CertificateProfile profile, DateTimeOffset? from = null, DateTimeOffset? until = null) =>
        _authority.Issue(profile, from ?? Now.AddDays(-1), until ?? Now.AddDays(1));

    /// <summary>Writes a certificate and its key, and says where they are.</summary>
    public (string CertificateFile, string KeyFile) Write(string name, IssuedCertificate issued) =>
        (Write($"{name}.crt", issued.Certificate), Write($"{name}.key", issued.Key));

    public string Write(string file, string text)
    {
        var path = Path.Combine(Folder, file);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The settings of a process of the cluster.</summary>
    public Dictionary<string, string?> ClusterSettings(string name, IssuedCertificate issued)
    {
        var (certificate, key) = Write(name, issued);
        return new() { ["Cluster:Tls:CertificateFile"] = certificate, ["Cluster:Tls:KeyFile"] = key, ["Cluster:Tls:CaFile"] = CaFile };
    }

    /// <summary>A policy that trusts this authority alone.</summary>
    public X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(_authority.Certificate.RawData));
        return policy;
    }

    /// <summary>A handler that trusts this authority alone.</summary>
    public SocketsHttpHandler Trusting() =>
        new() { AllowAutoRedirect = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust() } };

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
