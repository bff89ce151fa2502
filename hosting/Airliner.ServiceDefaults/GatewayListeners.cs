using System.Net;
using System.Security.Authentication;
using Airliner.ServiceDefaults.Grpc;
using Airliner.ServiceDefaults.Health;
using Airliner.ServiceDefaults.Tls;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults;

/// <summary>
/// Where a gateway listens: for REST, for gRPC, and where <c>Health:Port</c> is set for probes. REST and gRPC are served over TLS where
/// <c>Tls:CertificateFile</c> and <c>Tls:KeyFile</c> are set. Probes never are: they tell no secret, and who asks has no authority to check by.
/// </summary>
internal sealed class GatewayListeners
{
    private static readonly TimeSpan _pingAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _pingAnswersWithin = TimeSpan.FromSeconds(20);

    private readonly IPAddress _address;
    private readonly int _rest;
    private readonly int _grpc;
    private readonly IPAddress _healthAddress;
    private readonly int? _health;
    private readonly PemCertificate? _certificate;

    /// <exception cref="InvalidOperationException">The certificate cannot be used; the message names the file.</exception>
    /// <exception cref="FormatException">An address is none.</exception>
    public GatewayListeners(IConfiguration configuration, int restPort, int grpcPort)
    {
        _address = IPAddress.Parse(configuration["Gateway:Bind"] ?? "127.0.0.1");
        _rest = configuration.GetValue("Gateway:RestPort", restPort);
        _grpc = configuration.GetValue("Gateway:GrpcPort", grpcPort);
        _healthAddress = IPAddress.Parse(configuration["Health:Bind"] ?? "127.0.0.1");
        _health = configuration.GetValue<int?>("Health:Port");
        _certificate = PemCertificate.Load(configuration.GetSection("Tls"), TimeProvider.System);
    }

    public void Open(KestrelServerOptions kestrel)
    {
        // Streams may be silent for long: only pings tell a client whose host has gone from one that has nothing to say.
        (kestrel.Limits.Http2.KeepAlivePingDelay, kestrel.Limits.Http2.KeepAlivePingTimeout) = (_pingAfter, _pingAnswersWithin);
        // Over TLS the two sides agree on a version (ALPN). Cleartext has no such negotiation, so gRPC has a port of its own.
        kestrel.Listen(_address, _rest, listen => Secure(listen, _certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2));
        kestrel.Listen(_address, _grpc, listen => Secure(listen, HttpProtocols.Http2));
        if (_health is { } port)
            kestrel.Listen(_healthAddress, port, listen => listen.Protocols = HttpProtocols.Http1);
    }

    /// <summary>Whether the port that a request came to is for it: what stays inside a network is not served on the port that leads out of it.</summary>
    public bool Serve(HttpContext http)
    {
        var port = http.Connection.LocalPort;
        return port == _health ? ProbePaths.All.Contains(http.Request.Path.Value ?? "") : port != _rest || !GrpcProblems.IsGrpc(http.Request);
    }

    private void Secure(ListenOptions listen, HttpProtocols protocols)
    {
        listen.Protocols = protocols;
        if (_certificate is not { } served)
            return;
        listen.UseHttps(https =>
        {
            https.ServerCertificate = served.Certificate;
            https.ServerCertificateChain = served.Intermediates;
            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        });
    }
}
