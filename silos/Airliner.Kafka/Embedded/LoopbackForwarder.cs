using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Airliner.Kafka.Embedded;

/// <summary>
/// Carries TCP connections from a known port on 127.0.0.1 to the mock cluster, which can advertise a port but not choose the one it
/// listens on. Bytes pass through unread, one buffer each way, so a slow reader holds its writer back.
/// </summary>
internal sealed class LoopbackForwarder : IAsyncDisposable, IDisposable
{
    private const int Backlog = 128;
    private static readonly TimeSpan _acceptRetry = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<Task, byte> _relays = [];
    private CancellationTokenSource _open = new();
    private Task _accepting = Task.CompletedTask;
    private Socket _listener;

    /// <summary>Takes the port; clients are refused until <see cref="Open"/>.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public LoopbackForwarder(int port)
    {
        _listener = Bind(port);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    public int Port { get; }

    /// <exception cref="IOException">The port is taken.</exception>
    public void Open(MockCluster cluster)
    {
        try
        {
            _listener.Listen(Backlog);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw Taken(Port, e);
        }

        _accepting = AcceptAsync(_listener, cluster, _open.Token);
    }

    /// <summary>Ends all connections and refuses new ones, as a broker that is down does, but keeps the port.</summary>
    public async Task CloseAsync()
    {
        await StopAsync();
        _open = new CancellationTokenSource();
        _listener = Bind(Port);
    }

    public ValueTask DisposeAsync() => new(StopAsync());

    /// <summary>For one that was never opened: there is nothing to wait for.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        _open.Dispose();
    }

    private async Task StopAsync()
    {
        await _open.CancelAsync();
        await _accepting;
        await Task.WhenAll(_relays.Keys);
        Dispose();
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw e.SocketErrorCode == SocketError.AddressAlreadyInUse ? Taken(port, e) : e;
        }
    }

    private static IOException Taken(int port, SocketException cause) =>
        new($"Port {port} on 127.0.0.1 is taken by another process. Stop that one, or give the embedded Kafka broker another port.", cause);

    // Holds the cluster, not only its address: while the port is open the broker behind it must not be collected.
    private async Task AcceptAsync(Socket listener, MockCluster cluster, CancellationToken closing)
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                var relay = RelayAsync(await listener.AcceptAsync(closing), cluster.EndPoint, closing);
                _relays.TryAdd(relay, 0);
                _ = relay.ContinueWith(ended => _relays.TryRemove(ended, out _), TaskScheduler.Default);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // Out of file descriptors, or a client gone before it was accepted: the next one may do better, after a moment.
                await Task.Delay(_acceptRetry, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task RelayAsync(Socket client, IPEndPoint broker, CancellationToken closing)
    {
        using var aborting = CancellationTokenSource.CreateLinkedTokenSource(closing);
        using var near = client;
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            near.NoDelay = far.NoDelay = true;
            await far.ConnectAsync(broker, aborting.Token);
            await Task.WhenAll(CopyAsync(near, far, aborting), CopyAsync(far, near, aborting));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // One side was reset, or the broker is going down: closing both sockets tells the other side.
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationTokenSource aborting)
    {
        try
        {
            await using var source = new NetworkStream(from, ownsSocket: false);
            await using var target = new NetworkStream(to, ownsSocket: false);
            await source.CopyToAsync(target, aborting.Token);

            // The sender is done but may still read: pass on just that, and let the other direction finish.
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            await aborting.CancelAsync();
            throw;
        }
    }
}
