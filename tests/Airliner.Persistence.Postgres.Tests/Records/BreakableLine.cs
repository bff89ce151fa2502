using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Airliner.Persistence.Postgres.Tests.Records;

/// <summary>A connection to the server that can be cut between a commit and its answer.</summary>
internal sealed class BreakableLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private byte[]? _lost;

    public BreakableLine(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The connection string that goes through this line.</summary>
    public string Through(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.ConnectionString;

    /// <summary>Closes the connection when the server next answers on it: what it was sent is done then, and nobody is told.</summary>
    /// <param name="containing">Only an answer that has this text, such as the tag of a statement that was carried out.</param>
    public void LoseNextAnswer(string containing = "") => Volatile.Write(ref _lost, Encoding.ASCII.GetBytes(containing));

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        var lines = new List<Task>();
        try
        {
            while (true)
                lines.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_closing.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(lines);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var _ = client;
        using var server = new TcpClient();
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, closed.Token);
            var requests = client.GetStream().CopyToAsync(server.GetStream(), closed.Token);
            await Task.WhenAny(requests, CarryAnswersAsync(server.GetStream(), client.GetStream(), closed.Token));
            await closed.CancelAsync();
            client.Close();
            server.Close();
            await requests;
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either end is gone.
        }
    }

    private async Task CarryAnswersAsync(NetworkStream server, NetworkStream client, CancellationToken cancellationToken)
    {
        var buffer = new byte[65536];
        while (await server.ReadAsync(buffer, cancellationToken) is var length and > 0)
        {
            if (Volatile.Read(ref _lost) is { } lost && buffer.AsSpan(0, length).IndexOf(lost) >= 0 && Interlocked.CompareExchange(ref _lost, null, lost) == lost)
                return;
            await client.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
        }
    }
}
