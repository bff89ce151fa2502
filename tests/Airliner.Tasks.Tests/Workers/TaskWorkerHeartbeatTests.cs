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
        using var worker = Worker(gateway, stopsWithin: TimeSpan.Zero);
        var running = worker.RunAsync(stop.Token);
        try
        {
            await RegisterAsync(gateway);
            for (var id = 1; id <= Held; id++)
                gateway.Send(Lease(id));

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

    [Fact]
    public async Task A_lease_that_comes_again_while_it_runs_is_not_handed_back_by_a_worker_that_stops()
    {
        await using var gateway = await StubGateway.StartAsync();
        using var stop = new CancellationTokenSource();
        using var worker = Worker(gateway, stopsWithin: TimeSpan.FromMinutes(1));
        var running = worker.RunAsync(stop.Token);
        await RegisterAsync(gateway);
        gateway.Send(Lease(1));
        await gateway.ReadHeartbeatAsync();

        await stop.CancelAsync();
        Assert.NotNull((await gateway.ReadAsync()).Drain);
        gateway.Send(Lease(1));
        gateway.Send(Lease(2));

        Assert.Equal(2, (await gateway.ReadAsync()).HandBack.Lease.TaskId);
        gateway.Send(new() { Accepted = new() { Lease = Key(2) } });
        gateway.Send(new() { Refused = new() { Lease = Key(1), Reason = Refused.Types.Reason.LeaseLost } });
        await running;
    }

    /// <summary>A worker whose tasks run until they are cancelled.</summary>
    private static Airliner.Worker.TaskWorker Worker(StubGateway gateway, TimeSpan stopsWithin) => new Airliner.Worker.TaskWorker(new TaskWorkerOptions
    {
        Gateway = gateway.Address,
        TokenEndpoint = gateway.TokenEndpoint,
        ClientId = "c",
        ClientSecret = "s",
        StopsWithin = stopsWithin,
    }).Handle("t", 1000, async (_, cancellation) =>
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        return default;
    });

    private static async Task RegisterAsync(StubGateway gateway)
    {
        await gateway.ReadAsync();
        gateway.Send(new() { Registered = new() { LeaseSeconds = 30, HeartbeatSeconds = 1 } });
    }

    private static LeaseKey Key(long taskId) => new() { TaskId = taskId, Attempt = 1 };

    private static ServerMessage Lease(long taskId) =>
        new() { Lease = new() { Lease_ = Key(taskId), Type = "t", Parameters = "{}", TimeLeft = new() { Seconds = 600 } } };
}
