using System.Text.Json;
using Airliner.Tasks.V1;
using Airliner.Worker;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>How long the worker library gives an attempt, whose deadline is by another clock than its own.</summary>
public sealed class TaskWorkerTimeTests
{
    private static readonly TimeSpan _longPast = TimeSpan.FromDays(-1);
    private static readonly TimeSpan _farAway = TimeSpan.FromDays(1);

    [Fact]
    public async Task A_worker_whose_clock_is_ahead_runs_what_has_time_left()
    {
        var end = await EndAsync(_longPast, TimeSpan.FromSeconds(10), (_, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return Task.FromResult(JsonElement.Parse("7"));
        });
        Assert.Equal("7", end.Complete?.Result);
    }

    [Fact]
    public async Task An_attempt_is_over_when_nothing_is_left_of_its_time_although_the_worker_s_clock_is_behind()
    {
        var end = await EndAsync(_farAway, TimeSpan.FromMilliseconds(20), WaitAsync);
        Assert.Equal(("The attempt took too long.", true), (end.Fail?.Message, end.Fail?.Retry));
    }

    [Fact]
    public async Task What_an_older_gateway_gives_ends_at_its_deadline()
    {
        var end = await EndAsync(_longPast, timeLeft: null, WaitAsync);
        Assert.Equal("The attempt took too long.", end.Fail?.Message);
    }

    [Fact]
    public async Task Progress_that_is_reported_for_each_row_is_told_when_it_has_risen()
    {
        var told = new List<int>();
        var end = await EndAsync(
            _farAway,
            TimeSpan.FromMinutes(1),
            (item, _) =>
            {
                for (var row = 0; row <= 10_000; row++)
                    item.ReportProgress(row / 100);
                item.ReportProgress(50);
                item.ReportProgress(200);
                return Task.FromResult(JsonElement.Parse("7"));
            },
            told);

        Assert.Equal("7", end.Complete?.Result);
        Assert.Equal(Enumerable.Range(1, 100), told);
    }

    private static async Task<JsonElement> WaitAsync(WorkItem item, CancellationToken cancellation)
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        return default;
    }

    /// <summary>What the worker says at the end of a lease.</summary>
    /// <param name="deadline">From now, by the worker's clock.</param>
    /// <param name="progress">Gets what it says before.</param>
    private static async Task<WorkerMessage> EndAsync(TimeSpan deadline, TimeSpan? timeLeft, TaskHandler handler, List<int>? progress = null)
    {
        await using var gateway = await StubGateway.StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var worker = new Worker.TaskWorker(new TaskWorkerOptions
        {
            Gateway = gateway.Address,
            TokenEndpoint = gateway.TokenEndpoint,
            ClientId = "c",
            ClientSecret = "s",
            StopsWithin = TimeSpan.Zero,
        }).Handle("t", 1, handler);
        var running = worker.RunAsync(stop.Token);
        try
        {
            return await EndOfAsync(gateway, TimeProvider.System.GetUtcNow() + deadline, timeLeft, progress);
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    private static async Task<WorkerMessage> EndOfAsync(StubGateway gateway, DateTimeOffset deadline, TimeSpan? timeLeft, List<int>? progress)
    {
        Assert.Equal("t", (await gateway.ReadAsync()).Register.Types_.Single().Type);
        var lease = new LeaseKey { TaskId = 1000, Attempt = 1 };
        gateway.Send(new() { Registered = new() { LeaseSeconds = 30, HeartbeatSeconds = 10 } });
        gateway.Send(new()
        {
            Lease = new()
            {
                Lease_ = lease,
                Type = "t",
                Parameters = "{}",
                Deadline = deadline.ToTimestamp(),
                TimeLeft = timeLeft?.ToDuration(),
            },
        });
        var end = await gateway.ReadAsync();
        for (; end.Progress is not null; end = await gateway.ReadAsync())
            progress?.Add(end.Progress.Percent);
        gateway.Send(new() { Accepted = new() { Lease = lease } });
        return end;
    }
}
