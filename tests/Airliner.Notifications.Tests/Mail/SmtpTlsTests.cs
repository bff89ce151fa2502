using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Tests.Doubles;
using MailKit.Security;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Airliner.Notifications.Tests.Mail;

/// <summary>Servers that want a login, with certificates of an authority that no machine trusts by itself.</summary>
public sealed class SmtpTlsTests : IDisposable
{
    private const string Login = "airliner:s3cret";

    private readonly string _folder = Directory.CreateTempSubdirectory("airliner-smtp-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public SmtpTlsTests()
    {
        var request = new CertificateRequest("CN=Tests", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        _authority = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        File.WriteAllText(CaFile, _authority.ExportCertificatePem());
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private string CaFile => Path.Combine(_folder, "ca.pem");

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Mails_go_within_TLS_after_one_login_on_a_connection_that_is_used_again()
    {
        await using var server = new SmtpServer(Certificate(IPAddress.Loopback), Login);
        using var provider = Provider(server, "s3cret", CaFile);

        await SendAsync(provider, "first");
        await SendAsync(provider, "second");

        Assert.Equal(["first", "second"], server.Taken.Select(mail => mail.Subject));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_server_that_cannot_be_trusted_is_given_nothing_and_the_mail_waits()
    {
        await using var server = new SmtpServer(Certificate(IPAddress.Loopback), Login);
        using var provider = Provider(server, "s3cret", caFile: null);

        await Assert.ThrowsAsync<SslHandshakeException>(() => SendAsync(provider, "first"));

        Assert.Empty(server.Taken);
    }

    [Fact]
    public async Task A_certificate_of_another_name_is_not_trusted_whoever_signed_it()
    {
        await using var server = new SmtpServer(Certificate(IPAddress.Parse("192.0.2.1")), Login);
        using var provider = Provider(server, "s3cret", CaFile);

        await Assert.ThrowsAsync<SslHandshakeException>(() => SendAsync(provider, "first"));

        Assert.Empty(server.Taken);
    }

    [Fact]
    public async Task A_password_is_not_sent_to_a_server_without_TLS()
    {
        await using var server = new SmtpServer(login: Login);
        using var provider = Provider(server, "s3cret", CaFile);

        await Assert.ThrowsAsync<NotSupportedException>(() => SendAsync(provider, "first"));

        Assert.Empty(server.Taken);
    }

    [Fact]
    public async Task A_password_that_is_put_right_serves_from_the_next_connection_on()
    {
        await using var server = new SmtpServer(Certificate(IPAddress.Loopback), Login);
        using var provider = Provider(server, "wrong", CaFile);

        await Assert.ThrowsAsync<AuthenticationException>(() => SendAsync(provider, "first"));
        await File.WriteAllTextAsync(PasswordFile, "s3cret\n", Cancel);
        await SendAsync(provider, "first");

        Assert.Equal("first", Assert.Single(server.Taken).Subject);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string PasswordFile => Path.Combine(_folder, "password");

    private static Task<string> SendAsync(SmtpProvider provider, string subject) =>
        provider.SendAsync(Outgoing.Mail(1000) with { Content = new(subject, "text") }, Cancel);

    private SmtpProvider Provider(SmtpServer server, string password, string? caFile)
    {
        File.WriteAllText(PasswordFile, password + "\n");
        var options = new SmtpServerOptions { Host = "127.0.0.1", Port = server.Port, User = "airliner", PasswordFile = PasswordFile, CaFile = caFile };
        return new(options, Outgoing.Composer, new FakeTimeProvider());
    }

    private X509Certificate2 Certificate(IPAddress address)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_authority, Now.AddHours(-1), Now.AddHours(1), [1]);
        return certificate.CopyWithPrivateKey(key);
    }
}
