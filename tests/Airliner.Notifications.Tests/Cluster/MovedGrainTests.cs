using Airliner.ServiceDefaults.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Runtime.Placement;
using Orleans.Storage;
using Orleans.TestingHost;
using Xunit;

namespace Airliner.Notifications.Tests.Cluster;

/// <summary>Grains that move from one silo to another.</summary>
public sealed class MovedGrainTests
{
    [Fact]
    public async Task A_grain_that_moved_has_read_its_state_anew()
    {
        var storage = new CountingStorage();
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) => silo.ReadStatesAfterMoves().Services.AddKeyedSingleton<IGrainStorage>("counted", storage));
        await using var cluster = builder.Build();
        await cluster.DeployAsync();
        var grain = cluster.Client.GetGrain<IMovingGrain>(1);
        var before = await grain.Where();
        var other = cluster.Silos.Select(silo => silo.SiloAddress).Single(silo => !silo.Equals(before));

        RequestContext.Set(IPlacementDirector.PlacementHintKey, other);
        await grain.Move();
        RequestContext.Clear();
        while (!other.Equals(await grain.Where()))
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();

        Assert.Equal(2, storage.Reads);
    }

    /// <summary>Keeps nothing, and counts how often it was asked.</summary>
    private sealed class CountingStorage : IGrainStorage
    {
        private int _reads;

        public int Reads => _reads;

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Interlocked.Increment(ref _reads);
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
    }
}

[Alias("airliner.tests.IMovingGrain")]
public interface IMovingGrain : IGrainWithIntegerKey
{
    /// <summary>The silo that it is in.</summary>
    [Alias("Where")]
    Task<SiloAddress> Where();

    /// <summary>Moves to the silo that the call's hint names.</summary>
    [Alias("Move")]
    Task Move();
}

/// <summary>A state that Orleans could take along.</summary>
[GenerateSerializer]
[Alias("airliner.tests.Luggage")]
public sealed class Luggage;

[RandomPlacement]
[GrainType("moving")]
internal sealed class MovingGrain([PersistentState("luggage", "counted")] IPersistentState<Luggage> luggage) : Grain, IMovingGrain
{
    public Task<SiloAddress> Where() => Task.FromResult(Runtime.SiloAddress);

    public Task Move()
    {
        Assert.NotNull(luggage.State);
        this.MigrateOnIdle();
        return Task.CompletedTask;
    }

    private ILocalSiloDetails Runtime => ServiceProvider.GetRequiredService<ILocalSiloDetails>();
}
