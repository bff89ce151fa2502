using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Airliner.ServiceDefaults.Outbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Airliner.Tasks.Tests.Doubles;

/// <summary>A server of somebody else's, over HTTPS with a certificate of its own making or over plain HTTP, on a free port of this machine.</summary>
internal sealed class RemoteServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RemoteEndpoint> _endpoints = new();
    private readonly X509Certificate2? _certificate;
    private readonly WebApplication _app;

    private RemoteServer(X509Certificate2? certificate)
    {
        _certificate = certificate;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Host => $"localhost:{new Uri(_app.Urls.Single()).Port}";

    public string Url => $"{(_certificate is null ? "http" : "https")}://{Host}";

    public static async Task<RemoteServer> StartAsync(bool tls = true)
    {
        var server = new RemoteServer(tls ? NewCertificate() : null);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>A part of the server for one test, which answers 200 until it is told otherwise.</summary>
    public RemoteEndpoint NewEndpoint()
    {
        var name = $"{Guid.NewGuid():n}";
        return _endpoints[name] = new RemoteEndpoint($"{Url}/{name}");
    }

    /// <summary>Has a client trust this server's certificate, and nobody else's.</summary>
    public void TrustedBy(OutboundHttp http)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_certificate!);
        http.Handler.SslOptions.CertificateChainPolicy = policy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate?.Dispose();
    }

    private Task AnswerAsync(HttpContext http) => _endpoints[http.Request.Path.Value!.Split('/')[1]].AnswerAsync(http);

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
