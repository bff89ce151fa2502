using Airliner.Compose.Tests.Engine;
using Airliner.Compose.Tests.Load;

namespace Airliner.Compose.Tests;

/// <summary>Silos that come and go while users are busy.</summary>
public sealed class ScaleTests(ComposedSystem system) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await system.UpAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Silos_that_are_added_take_work_and_silos_that_are_stopped_lose_none()
    {
        await using var load = await SteadyLoad.StartAsync();

        await system.ScaleAsync(("taskprocessing-silo", 3), ("usermanagement-silo", 2));
        var spread = await Status.SpreadAsync(system, (3, "tasks", "TaskGrain"), (2, "users", "UserGrain"));
        TestContext.Current.TestOutputHelper!.WriteLine($"All silos had work {spread.TotalSeconds:0.0} s after they were healthy.");
        await load.MoreAsync(400);

        await system.ScaleAsync(("taskprocessing-silo", 1), ("usermanagement-silo", 1));
        await load.MoreAsync(400);

        await load.StopAsync();
        await load.NothingIsLostAsync();
        load.NoneFailed();
    }
}
