using System.Net;
using System.Net.Sockets;

namespace Airliner.Host.Embedded;

/// <summary>Looks at the loopback ports before anything is started on them.</summary>
internal static class Ports
{
    /// <exception cref="StartException">One is taken; the message names each and how to find who has it.</exception>
    public static void RequireFree(IEnumerable<int> ports)
    {
        var taken = ports.Where(port => !IsFree(port)).ToArray();
        if (taken.Length > 0)
        {
            throw new StartException(
                $"Port {string.Join(", ", taken)} of 127.0.0.1 is taken. Stop what listens there ('ss -ltnp' shows it; './airliner down' where it is this system) and try again.");
        }
    }

    /// <summary>Ports that nobody listens on now.</summary>
    public static int[] Free(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }

    private static bool IsFree(int port)
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
