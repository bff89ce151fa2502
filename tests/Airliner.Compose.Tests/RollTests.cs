using Airliner.Compose.Tests.Engine;
using Airliner.Compose.Tests.Load;

namespace Airliner.Compose.Tests;

/// <summary>The silos, replaced while the gateways publish their ports themselves.</summary>
public sealed class RollTests(ComposedSystem system) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await system.UpAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Every_silo_is_replaced_one_after_the_other_every_gateway_stays_and_no_request_fails()
    {
        var silos = await system.ContainersAsync(ComposedSystem.Silos);
        var gateways = await system.ContainersAsync(ComposedSystem.Gateways);
        await using var load = await SteadyLoad.StartAsync();

        await system.AirlinerAsync("roll");
        await load.MoreAsync(100);

        await load.StopAsync();
        var successors = await system.ContainersAsync(ComposedSystem.Silos);
        Assert.Equal(ComposedSystem.Silos.Count, successors.Length);
        Assert.Empty(successors.Intersect(silos));
        Assert.Equal(gateways.Order(), (await system.ContainersAsync(ComposedSystem.Gateways)).Order());
        await load.NothingIsLostAsync();
        load.NoneFailed();
    }
}
