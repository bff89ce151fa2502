using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Airliner.Embedded;

/// <summary>
/// TCP ports on 127.0.0.1. Those that are found free are below the range that systems give to outgoing connections: one of that range may be gone by the
/// time that it is listened on, and who connects to it meanwhile can meet himself.
/// </summary>
public static class LoopbackPort
{
    private const int Lowest = 10_000;
    private const int Highest = 32_000;

    /// <summary>Those that were found in this process: who was told of one may not listen on it yet.</summary>
    private static readonly ConcurrentDictionary<int, byte> _found = [];

    /// <summary>Whether nobody listens on the port at this moment.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A port that nobody listens on at this moment.</summary>
    public static int Free() => Free(1)[0];

    /// <summary>Ports that nobody listens on at this moment, each another, also than those of earlier calls.</summary>
    public static int[] Free(int count)
    {
        var ports = new HashSet<int>(count);
        while (ports.Count < count)
        {
            if (Random.Shared.Next(Lowest, Highest) is var port && IsFree(port) && _found.TryAdd(port, 0))
                ports.Add(port);
        }

        return [.. ports];
    }

    /// <summary>The first of so many ports in a row that nobody listens on at this moment.</summary>
    public static int FreeRow(int count)
    {
        while (true)
        {
            var first = Random.Shared.Next(Lowest, Highest);
            if (Enumerable.Range(first, count).All(IsFree))
                return first;
        }
    }
}
