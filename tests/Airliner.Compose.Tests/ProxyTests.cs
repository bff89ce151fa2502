using Airliner.Compose.Tests.Engine;
using Airliner.Compose.Tests.Load;

namespace Airliner.Compose.Tests;

/// <summary>The gateways behind the proxy.</summary>
public sealed class ProxyTests(ComposedSystem system) : IAsyncLifetime
{
    private const string Overlay = "docker-compose.proxy.yml";

    public async ValueTask InitializeAsync()
    {
        await system.NeedsImageOfAsync(Overlay, "proxy");
        await system.UpAsync(Overlay);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Every_gateway_is_replaced_one_after_the_other_and_no_request_fails()
    {
        var before = await system.ContainersAsync(ComposedSystem.Gateways);
        await using var load = await SteadyLoad.StartAsync();

        // The silos need no proxy, and are rolled without one by another test.
        await system.AirlinerAsync(["roll", .. ComposedSystem.Gateways]);
        await load.MoreAsync(100);

        await load.StopAsync();
        var after = await system.ContainersAsync(ComposedSystem.Gateways);
        Assert.Equal(ComposedSystem.Gateways.Count, after.Length);
        Assert.Empty(after.Intersect(before));
        await load.NothingIsLostAsync();
        load.NoneFailed();
    }

    [Fact]
    public async Task Gateways_that_are_added_and_taken_away_behind_the_proxy_fail_no_request()
    {
        await using var load = await SteadyLoad.StartAsync();

        await system.ScaleAsync(("taskprocessing-service", 2), ("auth-service", 2));
        await load.MoreAsync(400);
        await system.ScaleAsync(("taskprocessing-service", 1), ("auth-service", 1));
        await load.MoreAsync(400);

        await load.StopAsync();
        await load.NothingIsLostAsync();
        load.NoneFailed();
    }
}
