using System.Diagnostics;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Events that wait in Kafka, read by one notification silo until the last notification of them is committed.</summary>
internal sealed class ConsumeScenario : Scenario
{
    private const int PerSecond = 5_000;

    /// <summary>What fits into the embedded broker, which drops the oldest.</summary>
    private const int Most = 50_000;

    private static readonly TimeSpan _askEvery = TimeSpan.FromMilliseconds(10);

    public override IReadOnlyList<string> Measures { get; } = ["consume"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var accounts = await (await bench.AccountsAsync(cancellation)).TakeAsync(10, cancellation);
        await bench.ServiceAsync("Notifications", cancellation);
        var kafka = (await bench.EnvironsAsync(cancellation)).Kafka;
        await Backlog.ReadAsync(kafka.Address, cancellation);
        using var events = new ToldEvents(kafka.Address, accounts);
        await using var rows = new NotificationRows(await bench.DatabaseAsync("Notifications"));
        var (result, _) = await bench.CompareAsync("consume", () => RunAsync(events, rows, (int)Math.Min(PerSecond * bench.Turn.TotalSeconds, Most), cancellation));
        return [new(
            "consume", "events consumed and logged", result, Aim: "≥ 5,000/s",
            Note: $"up to {Most} events, in Kafka before the first row may be written; one silo, from then until the last row is committed; {EventScenario.Broker(kafka.IsReal)}")];
    }

    private static async Task<LoadResult> RunAsync(ToldEvents events, NotificationRows rows, int count, CancellationToken cancellation)
    {
        var hold = await rows.HoldAsync(cancellation);
        var published = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => events.TaskCreatedAsync()));
        // A partition's events have their rows in order: when its last one has, all have.
        string[] lasts = [.. published.GroupBy(one => one.Position.TopicPartition).Select(partition => partition.MaxBy(one => one.Position.Offset.Value)!.Id)];

        await NotificationRows.ReleaseAsync(hold);
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(_askEvery);
        while (await rows.CountAsync(lasts, cancellation) < lasts.Length)
            await timer.WaitForNextTickAsync(cancellation);
        var elapsed = Stopwatch.GetElapsedTime(started);

        var written = await rows.CountAsync([.. published.Select(one => one.Id)], cancellation);
        return LoadResult.None with { OperationsPerSecond = count / elapsed.TotalSeconds, Errors = count - written };
    }
}
