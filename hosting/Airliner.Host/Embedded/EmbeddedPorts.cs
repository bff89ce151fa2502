namespace Airliner.Host.Embedded;

/// <summary>Where a gateway listens on 127.0.0.1.</summary>
internal sealed record GatewayPorts(int Rest, int Grpc);

/// <summary>Where the system listens on 127.0.0.1.</summary>
/// <param name="Kafka">The embedded broker's, where it is the one that is used.</param>
internal sealed record EmbeddedPorts(GatewayPorts Users, GatewayPorts Tasks, GatewayPorts Notifications, GatewayPorts Auth, int Kafka)
{
    /// <summary>The ones that clients know.</summary>
    public static EmbeddedPorts Documented { get; } = new(new(5001, 9091), new(5002, 9092), new(5003, 9093), new(5004, 9094), 29092);

    /// <summary>All but the broker's.</summary>
    public IReadOnlyList<int> Gateways =>
        [Users.Rest, Tasks.Rest, Notifications.Rest, Auth.Rest, Users.Grpc, Tasks.Grpc, Notifications.Grpc, Auth.Grpc];

    /// <summary>Ports that nobody listens on now.</summary>
    public static EmbeddedPorts Free()
    {
        var free = Ports.Free(9);
        return new(new(free[0], free[1]), new(free[2], free[3]), new(free[4], free[5]), new(free[6], free[7]), free[8]);
    }
}
