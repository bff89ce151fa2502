using Airliner.Compose.Tests.Engine;
using Airliner.Compose.Tests.Load;
using Airliner.Testing;

namespace Airliner.Compose.Tests;

/// <summary>Everything dies at once, or one silo of several.</summary>
public sealed class KillTests(ComposedSystem system) : IAsyncLifetime
{
    /// <summary>
    /// How long the others may take a killed silo for one that lives. The container's address goes with it, so that nothing refuses them: it is silent like one that
    /// is frozen, for which decision 0011 has 2.5 s, and Compose twice that, as it gives a probe twice the time.
    /// </summary>
    private static readonly TimeSpan _failover = TimeSpan.FromSeconds(5);

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

    [Fact]
    public async Task Of_three_task_silos_one_is_killed_and_requests_fail_only_until_the_others_count_it_dead()
    {
        await system.ScaleAsync(("taskprocessing-silo", 3));
        await using var load = await SteadyLoad.StartAsync();
        await Status.SpreadAsync(system, (3, "tasks", "TaskGrain"));
        var one = (await system.ContainersAsync("taskprocessing-silo"))[0];

        var before = load.Elapsed;
        await system.RunAsync("docker", "kill", one);
        var after = load.Elapsed;
        await load.MoreAsync(400);

        await load.StopAsync();
        Assert.Equal(2, (await system.ContainersAsync("taskprocessing-silo")).Length);
        await load.NothingIsLostAsync();
        // Calls that the silo had end with the time of a call, ten seconds, which may be later.
        load.NoneFailedBut(before, after + _failover);
    }
}
