using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Airliner.ServiceDefaults.Outbound;

/// <summary>
/// Speaks to hosts that users name. A name is resolved once for each connection, all of its addresses are judged, and one of these very addresses is dialled: what
/// the name resolves to a moment later does not matter. No redirect is followed, no proxy used, no cookie or credential kept, no trace id told.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private readonly AllowedHosts _allowed;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    /// <param name="resolve">How names are resolved; null as the system does.</param>
    public OutboundHttp(AllowedHosts allowed, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        (_allowed, _resolve) = (allowed, resolve ?? Dns.GetHostAddressesAsync);
        Handler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // So that a name that has moved is resolved again, and idle connections to many hosts do not gather.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxResponseHeadersLength = 32,
            MaxResponseDrainSize = 64 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        };
        Client = new HttpMessageInvoker(Handler, disposeHandler: true);
    }

    /// <summary>
    /// Sends requests; ends when the headers of the answer are there. The caller bounds the time, and how many there are at once: a bound here would let the requests of
    /// one user wait for another's, in time that counts as the server's silence.
    /// </summary>
    public HttpMessageInvoker Client { get; }

    /// <summary>For a test that trusts a certificate of its own.</summary>
    internal SocketsHttpHandler Handler { get; }

    public void Dispose() => Client.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, cancellationToken);
        if (addresses.Length == 0)
            throw new SocketException((int)SocketError.HostNotFound);
        // One bad address spoils the others: which of them is dialled would be a matter of luck.
        if (!_allowed.Contains(host, port) && addresses.FirstOrDefault(address => !PublicAddresses.Contains(address)) is { } refused)
            throw new AddressRefusedException($"{host} is at {refused}, a private, local or reserved address.");
        return await DialAsync(addresses, port, cancellationToken);
    }

    private static async Task<Stream> DialAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
