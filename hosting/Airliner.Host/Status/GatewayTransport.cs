using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Airliner.Host.Status;

/// <summary>How a command reaches the gateways of this machine: in cleartext, or by TLS where <c>--ca</c> names the authority of their certificates.</summary>
internal sealed class GatewayTransport
{
    public const string CaFile = "--ca";

    private readonly X509Certificate2Collection? _authorities;

    private GatewayTransport(X509Certificate2Collection? authorities) => _authorities = authorities;

    public string Scheme => _authorities is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;

    /// <exception cref="UsageException">The file has no certificate.</exception>
    public static GatewayTransport From(Arguments arguments)
    {
        if (arguments[CaFile] is not { } file)
            return new(null);
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"{CaFile}: {file} cannot be read: {error.Message}");
        }

        return authorities.Count > 0
            ? new(authorities)
            : throw new UsageException($"{CaFile}: {file} has no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----.");
    }

    /// <summary>A handler that follows no redirection, and trusts none but the authorities where there are some.</summary>
    public SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (_authorities is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(_authorities);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return handler;
    }
}
