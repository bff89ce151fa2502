using System.Net.Http.Json;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Processes;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Jobs that do nothing, each made by a call of its own and run by a worker, in turns with Hangfire on the same server.</summary>
internal sealed class JobsScenario : Scenario
{
    /// <summary>Jobs that Hangfire runs in a round.</summary>
    private const int PeerJobs = 2000;

    /// <summary>What is made in a longer turn than that only waits.</summary>
    private static readonly TimeSpan _longestTurn = TimeSpan.FromSeconds(10);

    public override IReadOnlyList<string> Measures { get; } = ["jobs"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var workload = TaskLoads.NoOp(await (await bench.AccountsAsync(cancellation)).TakeAsync(10, cancellation));
        var port = (await bench.ServiceAsync("Tasks", cancellation)).RestPort;
        var hangfire = (await bench.HangfireAsync(cancellation)).Port;
        await using var worker = await NoOpWorker.StartAsync(bench, cancellation);
        await using var events = await EventStopwatch.StartAsync((await bench.EnvironsAsync(cancellation)).Kafka.Address, cancellation, gathers: true);
        var (system, peer) = await bench.CompareAsync(
            "jobs",
            async () =>
            {
                events.Arrived.Clear();
                var turn = bench.Turn < _longestTurn ? bench.Turn : _longestTurn;
                var load = await new HttpLoad(port, workload, bench.Options.Connections).RunAsync(turn, null, cancellation);
                await events.AllEndedAsync(cancellation);
                return events.Between("task_created", "task_completed", events.Span("task_created", "task_completed"), load);
            },
            () => RunOnHangfireAsync(hangfire, bench.Options.Connections, cancellation));
        return [new(
            "jobs", "jobs that do nothing", system, peer, Aim: "≥ 5 × Hangfire",
            Note: $"made by calls of their own over HTTP, run by one worker, from the first create to the last completion; Hangfire: {PeerJobs} jobs, made by as many callers in its own process")];
    }

    private static async Task<LoadResult> RunOnHangfireAsync(int port, int callers, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
        using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{port}/jobs?count={PeerJobs}&callers={callers}"), null, cancellation);
        var run = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<HangfireRun>(cancellation);
        return LoadResult.Of(run!.Microseconds, TimeSpan.FromSeconds(run.Seconds));
    }

    private sealed record HangfireRun(double Seconds, List<int> Microseconds);
}
