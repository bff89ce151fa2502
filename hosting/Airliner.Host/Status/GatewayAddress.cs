using System.Globalization;
using Airliner.Host.Embedded;

namespace Airliner.Host.Status;

/// <summary>A gateway on this machine.</summary>
/// <param name="Service">Whose it is, as modules and metrics name it.</param>
internal sealed record GatewayAddress(string Service, Uri Address)
{
    public const string Users = "users";
    public const string Tasks = "tasks";
    public const string Notifications = "notifications";
    public const string Auth = "auth";

    /// <summary>
    /// The gateways of <c>./airliner up</c> and of Compose, on the documented ports. Where Compose was told of other ports or of ranges of them
    /// (<c>TASKPROCESSING_PORTS=5102-5104</c>), the same variables name them here.
    /// </summary>
    /// <exception cref="UsageException">An offset or a range is none, or the authority's file has no certificate.</exception>
    public static IReadOnlyList<GatewayAddress> All(Arguments arguments)
    {
        var ports = EmbeddedPorts.From(arguments);
        var scheme = GatewayTransport.From(arguments).Scheme;
        var isMoved = arguments[EmbeddedPorts.Offset] is not null;
        return
        [
            .. Of(Users, "USERMANAGEMENT_PORTS", ports.Users.Rest, isMoved, scheme), .. Of(Tasks, "TASKPROCESSING_PORTS", ports.Tasks.Rest, isMoved, scheme),
            .. Of(Notifications, "NOTIFICATION_PORTS", ports.Notifications.Rest, isMoved, scheme), .. Of(Auth, "AUTH_PORTS", ports.Auth.Rest, isMoved, scheme),
        ];
    }

    private static IEnumerable<GatewayAddress> Of(string service, string variable, int port, bool isMoved, string scheme)
    {
        var range = isMoved || Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text ? [port] : Range(variable, text);
        return range.Select(one => new GatewayAddress(service, new Uri($"{scheme}://127.0.0.1:{one}")));
    }

    private static IEnumerable<int> Range(string variable, string text)
    {
        var ends = text.Split('-').Select(end => ushort.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0).ToArray();
        return ends is [> 0] or [> 0, > 0] && ends[0] <= ends[^1]
            ? Enumerable.Range(ends[0], ends[^1] - ends[0] + 1)
            : throw new UsageException($"{variable} is a port or a range of ports, for example 5102-5104; '{text}' is not.");
    }
}
