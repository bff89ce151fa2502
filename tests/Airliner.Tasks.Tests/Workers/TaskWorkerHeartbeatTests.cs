using Airliner.Tasks.V1;
using Airliner.Worker;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>How the worker library keeps what it holds.</summary>
public sealed class TaskWorkerHeartbeatTests
{
    [Fact]
    public async Task More_leases_than_a_message_may_name_are_kept_by_several()
    {
        const int MostInMessage = 10_000, Held = MostInMessage + 1;
        await using var gateway = await StubGateway.StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var worker = new Worker.TaskWorker(new TaskWorkerOptions
        {
            Gateway = gateway.Address,
            TokenEndpoint = gateway.TokenEndpoint,
            ClientId = "c",
            ClientSecret = "s",
            StopsWithin = TimeSpan.Zero,
        }).Handle("t", 1000, async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return default;
        });
        var running = worker.RunAsync(stop.Token);
        try
        {
            await gateway.ReadAsync();
            gateway.Send(new() { Registered = new() { LeaseSeconds = 30, HeartbeatSeconds = 1 } });
            for (var id = 1; id <= Held; id++)
                gateway.Send(new() { Lease = new() { Lease_ = new LeaseKey { TaskId = id, Attempt = 1 }, Type = "t", Parameters = "{}", TimeLeft = new() { Seconds = 600 } } });

            var kept = new HashSet<long>();
            while (kept.Count < Held)
            {
                var heartbeat = await gateway.ReadHeartbeatAsync();
                Assert.InRange(heartbeat.Leases.Count, 1, MostInMessage);
                kept.UnionWith(heartbeat.Leases.Select(lease => lease.TaskId));
            }
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }
}
