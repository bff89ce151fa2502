using System.Diagnostics;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Creates tasks by the thousand, until their events are with a consumer in another process.</summary>
internal sealed class BatchScenario : Scenario
{
    private const int Callers = 4;

    public override IReadOnlyList<string> Measures { get; } = ["batch"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var accounts = await (await bench.AccountsAsync(cancellation)).TakeAsync(Callers, cancellation);
        var kafka = (await bench.EnvironsAsync(cancellation)).Kafka;
        using var batches = new TaskBatches((await bench.ServiceAsync("Tasks", cancellation)).RestPort);
        await using var events = await EventStopwatch.StartAsync(kafka.Address, cancellation);
        var (result, _) = await bench.CompareAsync("batch", async () =>
        {
            events.Arrived.Clear();
            var started = Stopwatch.GetTimestamp();
            var made = await Task.WhenAll(accounts.Select(async account =>
            {
                var tasks = 0;
                for (; Stopwatch.GetElapsedTime(started) < bench.Turn; tasks += TaskBatches.Size)
                    await batches.CreateAsync(account, TaskBodies.Later, cancellation);
                return tasks;
            }));
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            while (events.Arrived.Count < made.Sum() && await timer.WaitForNextTickAsync(cancellation))
            {
                // Until the last event is there: the machine's owner stops what takes too long.
            }

            var elapsed = Stopwatch.GetElapsedTime(started);
            return LoadResult.Of([.. events.Arrived.Select(e => (int)(e.Received - e.At).TotalMicroseconds)], elapsed);
        });
        return [new(
            "batch", "create tasks in batches", result, Aim: "≥ 15,000/s",
            Note: $"{Callers} callers, each with batches of {TaskBatches.Size} one after the other; until the last event is with its consumer; times are those from commit to consumer; {EventScenario.Broker(kafka.IsReal)}")];
    }
}
