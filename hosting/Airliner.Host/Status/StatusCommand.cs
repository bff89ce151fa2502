using Airliner.Host.Embedded;

namespace Airliner.Host.Status;

/// <summary><c>airliner status</c>: what runs, where, and how it is.</summary>
internal static class StatusCommand
{
    private const string Json = "--json";

    public static IReadOnlyCollection<string> Options { get; } = [EmbeddedPorts.Offset, GatewayTransport.CaFile, .. AdminCredentials.Options];

    public static IReadOnlyCollection<string> Switches { get; } = [Json];

    /// <returns>0 when all is well.</returns>
    /// <exception cref="StartException">Nobody can be logged in; the message says what to do.</exception>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var gateways = GatewayAddress.All(arguments);
        using var client = new StatusClient(GatewayTransport.From(arguments), () => AdminCredentials.Find(arguments));
        var status = await client.ReadAsync(gateways);
        if (arguments.Has(Json))
            StatusReport.WriteJson(status);
        else
            StatusReport.WriteTables(status);
        return status.Healthy ? 0 : 1;
    }
}
