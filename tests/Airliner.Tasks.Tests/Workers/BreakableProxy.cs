using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>A network between a client and a port of this machine, which the test can cut.</summary>
internal sealed class BreakableProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<TcpClient> _open = new();

    public BreakableProxy(int port)
    {
        _listener.Start();
        _ = AcceptAsync(port);
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>Cuts every connection; new ones can be made.</summary>
    public void Break()
    {
        while (_open.TryDequeue(out var connection))
            connection.Dispose();
    }

    public void Dispose()
    {
        _listener.Dispose();
        Break();
    }

    private async Task AcceptAsync(int port)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, port);
                _open.Enqueue(client);
                _open.Enqueue(server);
                _ = CopyAsync(client, server);
                _ = CopyAsync(server, client);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was cut.
        }
        finally
        {
            to.Dispose();
        }
    }
}
