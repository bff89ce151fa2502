using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Airliner.Benchmark.Load;

/// <summary>A keep-alive connection with at most one request under way. It knows of HTTP/1.1 what the gateways and the peer answer, and no more.</summary>
internal sealed class HttpConnection(int port) : IDisposable
{
    private const int LargestAnswer = 512 * 1024;

    private readonly byte[] _answer = new byte[LargestAnswer];
    private int _filled;

    public Socket Socket { get; private set; } = Connect(port);

    /// <summary>When the request under way was sent, as a timestamp.</summary>
    public long SentAt { get; set; }

    public void Send(ReadOnlySpan<byte> request)
    {
        _filled = 0;
        Socket.Send(request);
    }

    /// <summary>Reads what has come.</summary>
    /// <returns>The status once the answer is whole; 0 while more is to come; -1 where the connection has ended and was made anew.</returns>
    public int Receive()
    {
        int received;
        try
        {
            received = Socket.Receive(_answer.AsSpan(_filled));
        }
        catch (SocketException)
        {
            received = 0;
        }

        if (received == 0)
        {
            Socket.Dispose();
            Socket = Connect(port);
            return -1;
        }

        _filled += received;
        return StatusOf(_answer.AsSpan(0, _filled));
    }

    /// <summary>The answer as text, for messages.</summary>
    public string Text() => Encoding.UTF8.GetString(_answer.AsSpan(0, Math.Min(_filled, 600)));

    public void Dispose() => Socket.Dispose();

    private static int StatusOf(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return 0;
        var body = answer[(end + 4)..];
        var lengthAt = answer[..end].IndexOf("Content-Length: "u8);
        bool whole;
        if (lengthAt >= 0)
        {
            var digits = answer[(lengthAt + 16)..];
            whole = body.Length >= int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
        }
        else
        {
            // Chunked: JSON holds no bare line break, so nothing but the last chunk looks like this.
            whole = body.EndsWith("\r\n0\r\n\r\n"u8) || body.SequenceEqual("0\r\n\r\n"u8);
        }

        return whole ? int.Parse(answer.Slice(9, 3), CultureInfo.InvariantCulture) : 0;
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }
}
