using System.Diagnostics;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Creates tasks by the thousand, until their events are with a consumer in another process.</summary>
internal sealed class BatchScenario : Scenario
{
    private const int Callers = 4;
    private const int BatchesOfCaller = 10;

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
            await Task.WhenAll(accounts.Select(async account =>
            {
                for (var batch = 0; batch < BatchesOfCaller; batch++)
                    await batches.CreateAsync(account, TaskBodies.Later, cancellation);
            }));
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            while (events.Arrived.Count < Callers * BatchesOfCaller * TaskBatches.Size && await timer.WaitForNextTickAsync(cancellation))
            {
                // Until the last event is there: the machine's owner stops what takes too long.
            }

            var elapsed = Stopwatch.GetElapsedTime(started);
            return LoadResult.Of([.. events.Arrived.Select(e => (int)(e.Received - e.At).TotalMicroseconds)], elapsed);
        });
        return [new(
            "batch", "create tasks in batches", result, Aim: "≥ 15,000/s",
            Note: $"{Callers} callers, each {BatchesOfCaller} batches of {TaskBatches.Size} one after the other; until the last event is with its consumer; times are those from commit to consumer; {EventScenario.Broker(kafka.IsReal)}")];
    }
}
