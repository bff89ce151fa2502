using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Airliner.Testing;

/// <summary>A mail that a <see cref="SmtpSink"/> took.</summary>
/// <param name="MessageId">Its <c>Message-Id</c>, without brackets.</param>
/// <param name="At">When it was taken.</param>
public readonly record struct SunkMail(string MessageId, DateTimeOffset At);

/// <summary>A mail server on a port of 127.0.0.1 that takes every mail at once, and of each keeps which it was and when it came.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private const string IdHeader = "Message-Id:";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Task, bool> _sessions = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public SmtpSink()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>What was taken, in the order of its coming.</summary>
    public ConcurrentQueue<SunkMail> Taken { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_sessions.Keys);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var session = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
                _sessions.TryAdd(session, true);
                _ = session.ContinueWith(ended => _sessions.TryRemove(ended, out _), TaskScheduler.Default);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // It is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                await ServeAsync(client.GetStream());
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The client has gone, or it is over.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        // Latin-1 takes every byte.
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 sink");
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            await writer.WriteLineAsync(verb switch
            {
                "EHLO" => "250-sink\r\n250-PIPELINING\r\n250 8BITMIME",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 ok",
            });
            if (verb == "QUIT")
                return;
            if (verb == "DATA")
                await TakeAsync(reader, writer);
        }
    }

    private async Task TakeAsync(StreamReader reader, StreamWriter writer)
    {
        var id = "";
        for (var line = await reader.ReadLineAsync(_stop.Token); line != "."; line = await reader.ReadLineAsync(_stop.Token))
        {
            if (line is null)
                return;
            if (id.Length == 0 && line.StartsWith(IdHeader, StringComparison.OrdinalIgnoreCase))
                id = line[IdHeader.Length..].Trim(' ', '<', '>');
        }

        Taken.Enqueue(new(id, TimeProvider.System.GetUtcNow()));
        await writer.WriteLineAsync("250 taken");
    }
}
