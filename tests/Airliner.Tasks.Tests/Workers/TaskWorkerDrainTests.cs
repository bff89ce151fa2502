using Airliner.Contracts.Tasks;
using Airliner.Tasks.Tests.Gateway;
using Airliner.Testing;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>A worker that takes nothing more, by the bare protocol.</summary>
[Collection(SystemCollection.Name)]
public sealed class TaskWorkerDrainTests(RunningSystem system)
{
    private readonly string _type = StreamWorker.NewType();

    [Fact]
    public async Task It_gets_nothing_more()
    {
        var user = await system.NewUserAsync();
        using var draining = await DrainingAsync();
        using var other = await OtherAsync();
        var taskId = await system.CreateTaskAsync(user, _type);
        Assert.Equal(taskId, (await other.LeaseAsync()).Lease_.TaskId);
        Assert.Equal(StatusCode.OK, (await draining.CompleteAsync()).StatusCode);
    }

    [Fact]
    public async Task It_gets_nothing_more_although_its_grain_has_forgotten_it()
    {
        var user = await system.NewUserAsync();
        using var draining = await DrainingAsync();
        var grain = system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IWorkerGrain>($"{system.ServiceClientId}/{_type}");
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        // A stranger is told so once the session is open again.
        await Eventually.Is(SessionStatus.TakenOver, async () => (await grain.Next(Guid.NewGuid(), 0)).Status);

        var taskId = await system.CreateTaskAsync(user, _type);
        using var other = await OtherAsync();

        var lease = await other.LeaseAsync();
        Assert.Equal((taskId, 1), (lease.Lease_.TaskId, lease.Lease_.Attempt));
    }

    [Fact]
    public async Task What_it_still_holds_when_it_closes_its_side_is_handed_back()
    {
        var user = await system.NewUserAsync();
        using var draining = await StreamWorker.RegisterAsync(system, _type, _type);
        var taskId = await system.CreateTaskAsync(user, _type, maxAttempts: 1);
        await draining.LeaseAsync();
        await draining.SendAsync(new() { Drain = new() });
        Assert.Equal(StatusCode.OK, (await draining.CompleteAsync()).StatusCode);

        Assert.Equal("pending", (await system.GetTaskAsync(user, taskId)).Status());
        using var other = await OtherAsync();
        var lease = await other.LeaseAsync();
        Assert.Equal((taskId, 2), (lease.Lease_.TaskId, lease.Lease_.Attempt));
    }

    /// <summary>A worker whose gateway knows that it drains.</summary>
    private async Task<StreamWorker> DrainingAsync()
    {
        var worker = await StreamWorker.RegisterAsync(system, _type, _type);
        await worker.SendAsync(new() { Drain = new() });
        // What is sent first is done first: whoever gets this answer has drained.
        await worker.SendAsync(new());
        await worker.ReadAsync();
        return worker;
    }

    private Task<StreamWorker> OtherAsync() => StreamWorker.RegisterAsync(system, $"{_type}-other", _type);
}
