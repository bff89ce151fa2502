using System.Text.Json;
using Airliner.Compose.Tests.Engine;
using Airliner.Compose.Tests.Load;
using Airliner.Testing;

namespace Airliner.Compose.Tests;

/// <summary>Silos that come and go while users are busy.</summary>
public sealed class ScaleTests(ComposedSystem system) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await system.UpAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Silos_that_are_added_take_work_and_silos_that_are_stopped_lose_none()
    {
        using var administrator = await Client.AdministratorAsync();
        await using var load = await SteadyLoad.StartAsync();

        await system.ScaleAsync(("taskprocessing-silo", 3), ("usermanagement-silo", 2));
        var spread = await Eventually.True(
            async () => await administrator.SilosAsync() is var silos && EachHas(silos, 3, "tasks", "TaskGrain") && EachHas(silos, 2, "users", "UserGrain"),
            TimeSpan.FromMinutes(3),
            "each silo has grains of its service");
        TestContext.Current.TestOutputHelper!.WriteLine($"All silos had work {spread.TotalSeconds:0.0} s after they were healthy.");
        await load.MoreAsync(400);

        await system.ScaleAsync(("taskprocessing-silo", 1), ("usermanagement-silo", 1));
        await load.MoreAsync(400);

        await load.StopAsync();
        await load.NothingIsLostAsync();
        load.NoneFailed();
    }

    private static bool EachHas(IEnumerable<JsonElement> silos, int count, string service, string grain)
    {
        var those = silos.Where(silo => silo.GetProperty("services").EnumerateArray().Any(one => one.GetString() == service)).ToArray();
        return those.Length == count
            && those.All(silo => silo.GetProperty("grains").EnumerateArray().Any(one => one.GetProperty("type").GetString() == grain && one.GetProperty("count").GetInt32() > 0));
    }
}
