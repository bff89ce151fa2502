using Airliner.Compose.Tests.Engine;
using Airliner.Compose.Tests.Load;
using Airliner.Testing;

namespace Airliner.Compose.Tests;

/// <summary>Everything dies at once.</summary>
public sealed class KillTests(ComposedSystem system) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await system.UpAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task After_everything_was_killed_the_system_comes_back_with_all_that_it_acknowledged()
    {
        await using var load = await SteadyLoad.StartAsync();
        await load.MoreAsync(200);
        await system.ComposeAsync("kill");
        await load.StopAsync();

        using var client = new Client();
        var started = system.StartAsync();
        try
        {
            var ready = await Eventually.True(client.AllReadyAsync, TimeSpan.FromMinutes(3), "all gateways are ready");
            TestContext.Current.TestOutputHelper!.WriteLine($"Ready {ready.TotalSeconds:0} s after it was started.");
        }
        finally
        {
            await started;
        }

        await load.NothingIsLostAsync();
        await using var next = await SteadyLoad.StartAsync();
        await next.StopAsync();
        next.NoneFailed();
    }
}
