using System.Text.Json;
using Airliner.Benchmark.Scenarios;
using Airliner.Worker;

namespace Airliner.Benchmark.Processes;

/// <summary>A worker in this process, made of the library that others would use, whose tasks do nothing.</summary>
internal sealed class NoOpWorker : IAsyncDisposable
{
    /// <summary>Tasks that it runs at once.</summary>
    private const int Capacity = 1000;

    private static readonly JsonElement _nothing = JsonElement.Parse("{}");
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly TaskWorker _worker;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _works = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _working;

    private NoOpWorker(TaskWorkerOptions options)
    {
        _worker = new(options);
        _working = _worker.Handle(TaskBodies.NoOpType, Capacity, (_, _) =>
        {
            _works.TrySetResult();
            return Task.FromResult(_nothing);
        }).RunAsync(_stop.Token);
    }

    /// <summary>Starts it, and waits until it has run a first task.</summary>
    public static async Task<NoOpWorker> StartAsync(Bench bench, CancellationToken cancellation)
    {
        var tasks = await bench.ServiceAsync("Tasks", cancellation);
        var worker = new NoOpWorker(new()
        {
            Gateway = new Uri($"http://127.0.0.1:{tasks.GrpcPort}"),
            TokenEndpoint = new Uri($"http://127.0.0.1:{(await bench.ServiceAsync("Auth", cancellation)).RestPort}/oauth2/token"),
            ClientId = SystemUnderTest.ClientId,
            ClientSecret = SystemUnderTest.ClientSecret,
        });
        var account = (await (await bench.AccountsAsync(cancellation)).TakeAsync(1, cancellation))[0];
        using var http = new HttpClient();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var ticks = _patience / timer.Period; ticks > 0 && !worker._works.Task.IsCompleted && !worker._working.IsCompleted; ticks--)
        {
            await timer.WaitForNextTickAsync(cancellation);
            await TaskSeed.TryCreateAsync(http, new Uri($"http://127.0.0.1:{tasks.RestPort}{TaskBodies.SystemPath}"), account, TaskBodies.NoOp, cancellation);
        }

        if (worker._works.Task.IsCompleted)
            return worker;
        await worker.DisposeAsync();
        throw new BenchmarkException("The worker was given no task.");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _working;
        _worker.Dispose();
        _stop.Dispose();
    }
}
