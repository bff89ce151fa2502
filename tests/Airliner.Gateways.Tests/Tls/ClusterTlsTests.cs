using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Airliner.Embedded;
using Airliner.Host.Certificates;
using Airliner.ServiceDefaults.Tls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Connections.Security;
using Xunit;

namespace Airliner.Gateways.Tests.Tls;

/// <summary>Silos and their clients, each with a certificate. The silos of these tests are of a cluster of their own.</summary>
public sealed class ClusterTlsTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly TestCertificates _certificates = new();
    private readonly TestCertificates _others = new();
    private readonly int[] _ports = LoopbackPort.Free(4);
    private IHost _silo = null!;

    public async ValueTask InitializeAsync() => _silo = await StartSiloAsync(_ports[0], _ports[1]);

    public async ValueTask DisposeAsync()
    {
        await StopAsync(_silo);
        _certificates.Dispose();
        _others.Dispose();
    }

    [Fact]
    public async Task A_silo_joins_and_a_client_calls_by_certificates_of_the_clusters_authority()
    {
        var second = await StartSiloAsync(_ports[2], _ports[3]);
        try
        {
            using var client = await ConnectAsync(_certificates.ClusterSettings("gateway", _certificates.Issue(TestCertificates.Gateway)));

            var hosts = await client.Services.GetRequiredService<IClusterClient>().GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);

            Assert.Equal([SiloStatus.Active, SiloStatus.Active], hosts.Values);
            await client.StopAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            await StopAsync(second);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_connects_to_a_silo_of_another_authority_or_to_who_is_none(bool isSilo)
    {
        var own = isSilo ? TestCertificates.Silo : TestCertificates.Gateway;
        var name = isSilo ? "airliner-silo" : "airliner-gateway";
        var settings = new ConfigurationBuilder().AddInMemoryCollection(_certificates.ClusterSettings("own", _certificates.Issue(own))).Build();
        var identity = ClusterIdentity.Load(settings.GetSection("Cluster:Tls"), name, isServer: isSilo, TimeProvider.System)!;

        Assert.Null(await ConnectErrorAsync(identity, _certificates.Issue(TestCertificates.Silo)));

        Assert.IsType<AuthenticationException>(await ConnectErrorAsync(identity, _others.Issue(TestCertificates.Silo)));
        Assert.IsType<AuthenticationException>(await ConnectErrorAsync(identity, _certificates.Issue(TestCertificates.Server)));
        Assert.IsType<AuthenticationException>(await ConnectErrorAsync(identity, _certificates.Issue(TestCertificates.Gateway with { IsServer = true })));
        var now = TestCertificates.Now;
        Assert.IsType<AuthenticationException>(await ConnectErrorAsync(identity, _certificates.Issue(TestCertificates.Silo, now.AddDays(-2), now.AddMinutes(-1))));
    }

    [Fact]
    public async Task A_silos_port_takes_silos_alone_and_its_gateway_port_gateways_alone()
    {
        var (siloPort, gatewayPort) = (_ports[0], _ports[1]);
        var now = TestCertificates.Now;
        foreach (var port in new[] { siloPort, gatewayPort })
        {
            await TurnedAwayAsync(port, null);
            await TurnedAwayAsync(port, _others.Issue(TestCertificates.Silo));
            await TurnedAwayAsync(port, _others.Issue(TestCertificates.Gateway));
            await TurnedAwayAsync(port, _certificates.Issue(TestCertificates.Server));
        }

        await TurnedAwayAsync(siloPort, _certificates.Issue(TestCertificates.Gateway));
        await TurnedAwayAsync(gatewayPort, _certificates.Issue(TestCertificates.Silo));
        await TurnedAwayAsync(siloPort, _certificates.Issue(TestCertificates.Silo, now.AddDays(-2), now.AddMinutes(-1)));
        await TurnedAwayAsync(gatewayPort, _certificates.Issue(TestCertificates.Gateway, now.AddDays(-2), now.AddMinutes(-1)));
    }

    /// <summary>Insists that the silo hangs up on whoever has this certificate. It waits for the first word of whom it takes, and the test says none.</summary>
    private async Task TurnedAwayAsync(int port, IssuedCertificate? issued)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(tcp.GetStream());
        using var certificate = issued is null ? null : X509Certificate2.CreateFromPem(issued.Certificate, issued.Key);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "airliner-silo",
                    ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                    CertificateChainPolicy = _certificates.Trust(),
                },
                TestContext.Current.CancellationToken);
            var read = tls.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();
            Assert.Equal(0, await read.WaitAsync(_patience, TestContext.Current.CancellationToken));
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            // With an alert, at whatever point of the handshake.
        }
    }

    /// <summary>How it ends when a process connects, as it does to silos, to somebody who has this certificate; null where it is content.</summary>
    private static async Task<Exception?> ConnectErrorAsync(ClusterIdentity identity, IssuedCertificate issued)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var certificate = X509Certificate2.CreateFromPem(issued.Certificate, issued.Key);
        await using var server = new SslStream(accepted.GetStream());
        var serving = server.AuthenticateAsServerAsync(certificate, clientCertificateRequired: false, checkCertificateRevocation: false);

        var to = identity.To("airliner-silo");
        var options = new TlsClientAuthenticationOptions { EnabledSslProtocols = to.SslProtocols };
        to.OnAuthenticateAsClient!(null!, options);
        await using var tls = new SslStream(client.GetStream());
        var error = await Record.ExceptionAsync(() => tls.AuthenticateAsClientAsync(
            (SslClientAuthenticationOptions)options.SslClientAuthenticationOptions, TestContext.Current.CancellationToken));
        await Record.ExceptionAsync(() => serving);
        return error;
    }

    private async Task<IHost> ConnectAsync(Dictionary<string, string?> settings)
    {
        var builder = Builder(settings);
        builder.UseOrleansClient(client => client.UseLocalhostClustering(_ports[1]).UseClusterTls(builder.Configuration));
        var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private async Task<IHost> StartSiloAsync(int siloPort, int gatewayPort)
    {
        var builder = Builder(_certificates.ClusterSettings($"silo-{siloPort}", _certificates.Issue(TestCertificates.Silo)));
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort, gatewayPort, new IPEndPoint(IPAddress.Loopback, _ports[0]))
            .UseClusterTls(builder.Configuration));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private static HostApplicationBuilder Builder(Dictionary<string, string?> settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        return builder;
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync(TestContext.Current.CancellationToken);
        host.Dispose();
    }
}
