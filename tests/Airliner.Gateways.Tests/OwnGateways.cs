using System.Net;
using Airliner.Auth.Gateway;
using Airliner.Embedded;
using Airliner.Notifications.Gateway;
using Airliner.Tasks.Gateway;
using Airliner.Testing;
using Airliner.Users.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Airliner.Gateways.Tests;

/// <summary>The four gateways once more, on the running system's cluster, with settings of a test's own.</summary>
internal sealed class OwnGateways : IAsyncDisposable
{
    private readonly List<WebApplication> _running = [];

    /// <summary>In the order of the <see cref="RunningSystem"/>'s: users, tasks, notifications, auth.</summary>
    public IReadOnlyList<OwnGateway> All { get; private set; } = [];

    public static async Task<OwnGateways> StartAsync(RunningSystem system, IReadOnlyDictionary<string, string?> settings)
    {
        var gateways = new OwnGateways();
        var cluster = system.Silo.GetRequiredService<IClusterClient>();
        Func<string[], IClusterClient?, WebApplication>[] creates = [UsersGateway.Create, TasksGateway.Create, NotificationsGateway.Create, AuthGateway.Create];
        var all = new List<OwnGateway>();
        foreach (var create in creates)
        {
            var ports = LoopbackPort.Free(3);
            var gateway = new OwnGateway(ports[0], ports[1], ports[2]);
            var app = create([.. Arguments(system, settings, gateway)], cluster);
            gateways._running.Add(app);
            await app.StartAsync();
            using var probed = new RunningGateway(gateway.Health, gateway.Grpc);
            await probed.EventuallyAsync(HttpMethod.Get, "/readyz", HttpStatusCode.OK);
            all.Add(gateway);
        }

        gateways.All = all;
        return gateways;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _running)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    private static IEnumerable<string> Arguments(RunningSystem system, IReadOnlyDictionary<string, string?> settings, OwnGateway gateway)
    {
        var all = new Dictionary<string, string?>(settings)
        {
            ["AIRLINER_ISSUER"] = system.Issuer,
            ["Artifacts:Folder"] = Path.Combine(system.DataFolder, "files"),
            ["Gateway:KnownProxies"] = "127.0.0.1",
            ["Gateway:RestPort"] = $"{gateway.Rest}",
            ["Gateway:GrpcPort"] = $"{gateway.Grpc}",
            ["Health:Port"] = $"{gateway.Health}",
            ["Logging:LogLevel:Default"] = "Warning",
        };
        return all.Select(setting => $"--{setting.Key}={setting.Value}");
    }
}

/// <summary>The ports of a gateway on 127.0.0.1.</summary>
internal sealed record OwnGateway(int Rest, int Grpc, int Health);
