using Airliner.Benchmark.Load;
using Airliner.Benchmark.Processes;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>What one worker in another process gets done: tasks that do nothing, made by the thousand, from the first create to the last completion.</summary>
internal sealed class WorkerScenario : Scenario
{
    private const int Batches = 10;

    public override IReadOnlyList<string> Measures { get; } = ["worker"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var accounts = await (await bench.AccountsAsync(cancellation)).TakeAsync(Batches, cancellation);
        using var batches = new TaskBatches((await bench.ServiceAsync("Tasks", cancellation)).RestPort);
        await using var worker = await NoOpWorker.StartAsync(bench, cancellation);
        await using var events = await EventStopwatch.StartAsync((await bench.EnvironsAsync(cancellation)).Kafka.Address, cancellation, gathers: true);
        var (result, _) = await bench.CompareAsync("worker", async () =>
        {
            events.Arrived.Clear();
            await Task.WhenAll(accounts.Select(account => batches.CreateAsync(account, TaskBodies.NoOp, cancellation)));
            await events.AllEndedAsync(cancellation);
            return events.Between("task_created", "task_completed", events.Span("task_created", "task_completed"), LoadResult.None);
        });
        return [new("worker", "tasks that do nothing, by a worker", result, Note: $"{Batches} batches of {TaskBatches.Size} at once; times are from a task's create to its completion, so its wait in the queue above all")];
    }
}
