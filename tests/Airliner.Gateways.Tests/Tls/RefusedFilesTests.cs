using Airliner.ServiceDefaults.Tls;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Airliner.Gateways.Tests.Tls;

/// <summary>Certificates that would not do are refused before anything starts, with an error that names the file and says what would be right.</summary>
public sealed class RefusedFilesTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly TestCertificates _others = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _others.Dispose();
    }

    [Fact]
    public void A_process_without_any_setting_has_no_TLS()
    {
        Assert.Null(PemCertificate.Load(Section("Tls", []), TimeProvider.System));
        Assert.Null(Identity(new() { ["Cluster:Tls:CertificateFile"] = "", ["Cluster:Tls:CaFile"] = "" }));
    }

    [Fact]
    public void One_setting_without_the_other_is_told()
    {
        var (certificate, key) = _certificates.Write("server", _certificates.Issue(TestCertificates.Server));
        Refused(certificate, null, "Tls:KeyFile is not set (environment: Tls__KeyFile)");
        Refused(null, key, "Tls:CertificateFile is not set (environment: Tls__CertificateFile)");

        var settings = _certificates.ClusterSettings("silo", _certificates.Issue(TestCertificates.Silo));
        settings.Remove("Cluster:Tls:CaFile");
        RefusedIdentity(settings, "Cluster:Tls:CaFile is not set (environment: Cluster__Tls__CaFile)");
        RefusedIdentity(new() { ["Cluster:Tls:CaFile"] = _certificates.CaFile }, "set all three, or none");
    }

    [Fact]
    public void A_file_that_is_missing_or_is_something_else_is_told()
    {
        var (certificate, key) = _certificates.Write("server", _certificates.Issue(TestCertificates.Server));
        var missing = Path.Combine(_certificates.Folder, "missing.pem");
        var text = _certificates.Write("text", "Nothing of the kind.");
        Refused(missing, key, $"Tls:CertificateFile: {missing} cannot be read");
        Refused(certificate, missing, $"Tls:KeyFile: {missing} cannot be read");
        Refused(text, key, $"Tls:CertificateFile: {text} has no certificate in PEM form");
        Refused(key, key, $"Tls:CertificateFile: {key} has no certificate in PEM form");
        Refused(certificate, text, $"Tls:KeyFile: {text} does not have the private key of the certificate in {certificate}");
        Refused(_certificates.Write("torn", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), key, "has a certificate that cannot be read");

        var settings = _certificates.ClusterSettings("silo", _certificates.Issue(TestCertificates.Silo));
        settings["Cluster:Tls:CaFile"] = text;
        RefusedIdentity(settings, $"Cluster:Tls:CaFile: {text} has no certificate in PEM form");
    }

    [Fact]
    public void A_key_of_another_certificate_is_told()
    {
        var (certificate, _) = _certificates.Write("server", _certificates.Issue(TestCertificates.Server));
        var (_, key) = _certificates.Write("other", _certificates.Issue(TestCertificates.Server));
        Refused(certificate, key, $"Tls:KeyFile: {key} does not have the private key of the certificate in {certificate}");
    }

    [Fact]
    public void A_certificate_of_another_time_is_told()
    {
        var now = TestCertificates.Now;
        var (past, pastKey) = _certificates.Write("past", _certificates.Issue(TestCertificates.Server, now.AddDays(-2), now.AddMinutes(-1)));
        var (future, futureKey) = _certificates.Write("future", _certificates.Issue(TestCertificates.Server, now.AddHours(1), now.AddDays(2)));
        Refused(past, pastKey, $"Tls:CertificateFile: the certificate in {past} expired at ");
        Refused(future, futureKey, $"Tls:CertificateFile: the certificate in {future} is valid from ");
    }

    [Fact]
    public void A_certificate_that_the_rest_of_the_cluster_would_refuse_is_told()
    {
        var foreign = _certificates.ClusterSettings("foreign", _others.Issue(TestCertificates.Silo));
        RefusedIdentity(foreign, $"is not one that the authorities in {_certificates.CaFile} vouch for");
        var gateway = _certificates.ClusterSettings("gateway", _certificates.Issue(TestCertificates.Gateway));
        RefusedIdentity(gateway, "is not for 'airliner-silo'");
        var halfway = _certificates.ClusterSettings("halfway", _certificates.Issue(TestCertificates.Silo with { IsClient = false }));
        RefusedIdentity(halfway, "for server and client authentication");

        Assert.NotNull(Identity(_certificates.ClusterSettings("silo", _certificates.Issue(TestCertificates.Silo))));
    }

    [Fact]
    public void The_certificates_that_follow_lead_to_the_authority()
    {
        var (certificate, key) = _certificates.Write("server", _certificates.Issue(TestCertificates.Server));
        var chain = _certificates.Write("chain", $"{File.ReadAllText(certificate)}\n{File.ReadAllText(_certificates.CaFile)}");

        var loaded = PemCertificate.Load(Section("Tls", new() { ["Tls:CertificateFile"] = chain, ["Tls:KeyFile"] = key }), TimeProvider.System)!;

        Assert.True(loaded.Certificate.HasPrivateKey);
        Assert.Equal("CN=Airliner Administration CA", Assert.Single(loaded.Intermediates).Subject);
    }

    private static void Refused(string? certificateFile, string? keyFile, string message)
    {
        var section = Section("Tls", new() { ["Tls:CertificateFile"] = certificateFile, ["Tls:KeyFile"] = keyFile });
        var error = Assert.Throws<InvalidOperationException>(() => PemCertificate.Load(section, TimeProvider.System));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static void RefusedIdentity(Dictionary<string, string?> settings, string message)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Identity(settings));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static ClusterIdentity? Identity(Dictionary<string, string?> settings) =>
        ClusterIdentity.Load(Section("Cluster:Tls", settings), "airliner-silo", isServer: true, TimeProvider.System);

    private static IConfigurationSection Section(string name, Dictionary<string, string?> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection(name);
}
