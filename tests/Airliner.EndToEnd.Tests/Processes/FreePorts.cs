using System.Net;
using System.Net.Sockets;

namespace Airliner.EndToEnd.Tests.Processes;

/// <summary>Ports of 127.0.0.1 that nobody listens on now.</summary>
internal static class FreePorts
{
    /// <summary>As many as asked for. They are below the range that the system gives to outgoing connections, so none is lost to one.</summary>
    public static int[] Take(int count)
    {
        var ports = new List<int>();
        while (ports.Count < count)
        {
            var port = Random.Shared.Next(10_000, 32_000);
            if (!ports.Contains(port) && IsFree(port))
                ports.Add(port);
        }

        return [.. ports];
    }

    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
