using Airliner.Benchmark.Load;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>From a task's create to its start and to its end, by the times that the silo itself recorded, as the task's events tell them.</summary>
internal sealed class ExecutionScenario : Scenario
{
    /// <summary>Well below what the machine can run, so that what is seen is the way through the queue and not the wait in it.</summary>
    private const double PerSecond = 50;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

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
            await AllEndedAsync(events, cancellation);
            completes.Add(Between("task_created", "task_completed", events, bench.Turn, load));
            return Between("task_created", "task_started", events, bench.Turn, load);
        });
        return
        [
            new("start", "task from create to start", starts, Aim: "p50 ≤ 10 ms", Note: $"{PerSecond} creates a second; both times from the task's own record"),
            new("complete", "task from create to completed", LoadResult.MedianOf(completes[1..]), Note: $"{PerSecond} creates a second; a query over three rows, its result written to a file and synced"),
        ];
    }

    private static LoadResult Between(string first, string last, EventStopwatch events, TimeSpan round, LoadResult load)
    {
        var began = events.Arrived.Where(e => e.Type == first).GroupBy(e => e.TaskId).ToDictionary(e => e.Key, e => e.First().At);
        var times = events.Arrived.Where(e => e.Type == last && began.ContainsKey(e.TaskId)).Select(e => (int)(e.At - began[e.TaskId]).TotalMicroseconds).ToList();
        return LoadResult.Of(times, round, load.Errors + began.Count - times.Count, load.FirstError);
    }

    /// <summary>Waits until every task that was created has ended, for a bounded time: one that has not counts as an error.</summary>
    private static async Task AllEndedAsync(EventStopwatch events, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var ticks = _patience / timer.Period; ticks > 0 && await timer.WaitForNextTickAsync(cancellation); ticks--)
        {
            var created = events.Arrived.Count(e => e.Type == "task_created");
            if (created > 0 && events.Arrived.Count(e => e.Type is "task_completed" or "task_failed") >= created)
                return;
        }
    }
}
