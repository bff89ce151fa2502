using Airliner.Benchmark.Load;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>From an event's commit to a consumer in another process, at a steady thousand a second.</summary>
internal sealed class EventScenario : Scenario
{
    private const double PerSecond = 1000;

    public override IReadOnlyList<string> Measures { get; } = ["event"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var accounts = await (await bench.AccountsAsync(cancellation)).TakeAsync(10, cancellation);
        var port = (await bench.ServiceAsync("Tasks", cancellation)).RestPort;
        var kafka = (await bench.EnvironsAsync(cancellation)).Kafka;
        var workload = TaskLoads.Later(accounts);
        await using var events = await EventStopwatch.StartAsync(kafka.Address, cancellation);
        var (result, _) = await bench.CompareAsync("event", async () =>
        {
            events.Arrived.Clear();
            var load = await bench.LoadAsync(port, workload, cancellation, perSecond: PerSecond);
            var arrived = events.Arrived.Where(e => e.Type == "task_created").Select(e => (int)(e.Received - e.At).TotalMicroseconds).ToList();
            return LoadResult.Of(arrived, bench.Turn, load.Errors, load.FirstError);
        });
        return [new(
            "event", "event from commit to consumer", result, Aim: "p99 ≤ 50 ms",
            Note: $"{PerSecond} creates a second; from the event's own timestamp, which is just before the commit; {Broker(kafka.IsReal)}")];
    }

    public static string Broker(bool isReal) => isReal ? "on real Kafka" : "on the embedded broker, for there is no real Kafka here";
}
