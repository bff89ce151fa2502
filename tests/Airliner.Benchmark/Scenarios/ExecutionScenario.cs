using Airliner.Benchmark.Load;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>From a task's create to its start and to its end, by the times that the silo itself recorded, as the task's events tell them.</summary>
internal sealed class ExecutionScenario : Scenario
{
    /// <summary>Well below what the machine can run, so that what is seen is the way through the queue and not the wait in it.</summary>
    private const double PerSecond = 50;

    public override IReadOnlyList<string> Measures { get; } = ["start", "complete"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var accounts = await (await bench.AccountsAsync(cancellation)).TakeAsync(10, cancellation);
        var port = (await bench.ServiceAsync("Tasks", cancellation)).RestPort;
        var kafka = (await bench.EnvironsAsync(cancellation)).Kafka;
        var workload = TaskLoads.Now(accounts);
        await using var events = await EventStopwatch.StartAsync(kafka.Address, cancellation);
        var completes = new List<LoadResult>();
        var (starts, _) = await bench.CompareAsync("start", async () =>
        {
            events.Arrived.Clear();
            var load = await bench.LoadAsync(port, workload, cancellation, perSecond: PerSecond);
            await events.AllEndedAsync(cancellation);
            completes.Add(events.Between("task_created", "task_completed", bench.Turn, load));
            return events.Between("task_created", "task_started", bench.Turn, load);
        });
        return
        [
            new("start", "task from create to start", starts, Aim: "p50 ≤ 10 ms", Note: $"{PerSecond} creates a second; both times from the task's own record"),
            new("complete", "task from create to completed", LoadResult.MedianOf(completes[1..]), Note: $"{PerSecond} creates a second; a query over three rows, its result written to a file and synced"),
        ];
    }
}
