using Airliner.Contracts.Tasks;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Lifecycle;

public sealed class CancelElsewhereTests(PostgresServer server)
{
    [Fact]
    public async Task A_cancel_reaches_a_handler_in_another_silo_than_the_task_s_grain_and_frees_its_slot()
    {
        await using var silos = await TaskSilos.StartAsync(server, silos: 2, settings: [("Tasks:MaxInFlight", "1"), ("Tasks:Lease", "00:00:03")]);
        silos.Script.Run = (_, stop) => Task.Delay(Timeout.Infinite, stop);
        var id = await silos.CreateAsync();
        var begun = await silos.Script.NextAsync();

        // The grain moves to the silo where its handler does not run; as often as it takes, because it stays while its silo does not know of the other.
        var other = silos.Silos.Single(silo => silo.Name != begun.Silo).SiloAddress;
        for (var tries = 0; tries < 10 && !other.Equals(await AddressAsync()); tries++)
        {
            await silos.ViewAsync(id);
            await silos.MoveAsync(id, other).WaitAsync(TimeSpan.FromSeconds(3)).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }

        Assert.Equal(other, await AddressAsync());
        Assert.Equal(CancelOutcome.Cancelling, (await silos.CancelAsync(id)).Outcome);
        Assert.Equal(TaskStatuses.Cancelled, (await silos.EndAsync(id)).Status);
        Assert.True(begun.Stop.IsCancellationRequested);
        silos.Script.Run = (_, _) => Task.CompletedTask;
        Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(await silos.CreateAsync())).Status);

        ValueTask<SiloAddress?> AddressAsync() => silos.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(silos.Task(id));
    }
}
