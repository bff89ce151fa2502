using Airliner.Benchmark.Load;
using Airliner.Benchmark.Processes;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>From a task's create to its start by a worker in another process, at a steady thousand a second.</summary>
internal sealed class WorkerStartScenario : Scenario
{
    private const double PerSecond = 1000;

    public override IReadOnlyList<string> Measures { get; } = ["start-1000"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var workload = TaskLoads.NoOp(await (await bench.AccountsAsync(cancellation)).TakeAsync(10, cancellation));
        var port = (await bench.ServiceAsync("Tasks", cancellation)).RestPort;
        await using var worker = await NoOpWorker.StartAsync(bench, cancellation);
        await using var events = await EventStopwatch.StartAsync((await bench.EnvironsAsync(cancellation)).Kafka.Address, cancellation, gathers: true);
        var (result, _) = await bench.CompareAsync("start-1000", async () =>
        {
            events.Arrived.Clear();
            var load = await bench.LoadAsync(port, workload, cancellation, perSecond: PerSecond);
            await events.AllEndedAsync(cancellation);
            return events.Between("task_created", "task_started", bench.Turn, load);
        });
        return [new(
            "start-1000", "task from create to start by a worker", result, Aim: "p50 ≤ 5 ms, p95 ≤ 20 ms",
            Note: $"{PerSecond} creates a second; p95 {result.P95:0.0} ms; both times from the task's own record")];
    }
}
