using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Airliner.Compose.Tests.Engine;
using Airliner.Testing;

namespace Airliner.Compose.Tests;

/// <summary>Silos, gateways and clients with certificates.</summary>
public sealed class TlsTests(ComposedSystem system) : IAsyncLifetime
{
    private static readonly string _authority = Path.Combine(Repository.Root, "secrets/tls/ca.crt");

    public async ValueTask InitializeAsync()
    {
        system.SkipWhereNone();
        // Who has a certificate and who has none do not meet: they are not there at the same time.
        await system.RemoveAsync();
        await system.AirlinerAsync("secrets", "--tls");
        await system.UpAsync("docker-compose.tls.yml");
    }

    public async ValueTask DisposeAsync() => await system.RemoveAsync();

    [Fact]
    public async Task With_certificates_clients_are_served_over_TLS_and_in_cleartext_no_more()
    {
        await Demo.RunAsync(system, "--ca", _authority);

        using var trusting = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust() } });
        using var other = new HttpClient();
        foreach (var port in (int[])[5001, 5002, 5003, 5004])
        {
            using var answer = await trusting.GetAsync(new Uri($"https://localhost:{port}/health"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await Assert.ThrowsAsync<HttpRequestException>(() => other.GetAsync(new Uri($"http://localhost:{port}/health")));
            // It trusts whom the machine trusts.
            await Assert.ThrowsAsync<HttpRequestException>(() => other.GetAsync(new Uri($"https://localhost:{port}/health")));
        }
    }

    private static X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(_authority);
        return policy;
    }
}
