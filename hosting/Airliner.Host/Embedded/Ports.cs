using Airliner.Embedded;

namespace Airliner.Host.Embedded;

/// <summary>Looks at the loopback ports before anything is started on them.</summary>
internal static class Ports
{
    /// <exception cref="StartException">One is taken; the message names each and how to find who has it.</exception>
    public static void RequireFree(IEnumerable<int> ports)
    {
        var taken = ports.Where(port => !LoopbackPort.IsFree(port)).ToArray();
        if (taken.Length > 0)
        {
            throw new StartException(
                $"Port {string.Join(", ", taken)} of 127.0.0.1 is taken. Stop what listens there ('ss -ltnp' shows it; './airliner down' where it is this system) and try again.");
        }
    }
}
