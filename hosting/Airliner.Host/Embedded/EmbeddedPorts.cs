using System.Globalization;
using System.Net;
using Airliner.Embedded;

namespace Airliner.Host.Embedded;

/// <summary>Where a gateway listens on 127.0.0.1.</summary>
internal sealed record GatewayPorts(int Rest, int Grpc);

/// <summary>Where the system listens on 127.0.0.1.</summary>
/// <param name="Kafka">The embedded broker's, where it is the one that is used.</param>
internal sealed record EmbeddedPorts(GatewayPorts Users, GatewayPorts Tasks, GatewayPorts Notifications, GatewayPorts Auth, int Kafka)
{
    /// <summary>The option that moves all of them.</summary>
    public const string Offset = "--port-offset";

    /// <summary>The ones that clients know.</summary>
    public static EmbeddedPorts Documented { get; } = new(new(5001, 9091), new(5002, 9092), new(5003, 9093), new(5004, 9094), 29092);

    /// <summary>The documented ones, each moved by <c>--port-offset</c>: for a second system on the machine, or ports that are taken.</summary>
    /// <exception cref="UsageException">The offset is no number, or a port would be none.</exception>
    public static EmbeddedPorts From(Arguments arguments)
    {
        // The broker's is the last.
        var highest = IPEndPoint.MaxPort - Documented.Kafka;
        if (arguments[Offset] is not { } text)
            return Documented;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) || offset > highest)
            throw new UsageException($"{Offset} takes a number from 0 to {highest}, which is added to every port; '{text}' is not.");
        return new(Moved(Documented.Users), Moved(Documented.Tasks), Moved(Documented.Notifications), Moved(Documented.Auth), Documented.Kafka + offset);

        GatewayPorts Moved(GatewayPorts ports) => new(ports.Rest + offset, ports.Grpc + offset);
    }

    /// <summary>All but the broker's.</summary>
    public IReadOnlyList<int> Gateways =>
        [Users.Rest, Tasks.Rest, Notifications.Rest, Auth.Rest, Users.Grpc, Tasks.Grpc, Notifications.Grpc, Auth.Grpc];

    /// <summary>Ports that nobody listens on now.</summary>
    public static EmbeddedPorts Free()
    {
        var free = LoopbackPort.Free(9);
        return new(new(free[0], free[1]), new(free[2], free[3]), new(free[4], free[5]), new(free[6], free[7]), free[8]);
    }
}
