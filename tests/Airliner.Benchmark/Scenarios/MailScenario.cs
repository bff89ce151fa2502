using Airliner.Benchmark.Load;
using Airliner.Benchmark.Reporting;
using Airliner.Testing;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Mails, as fast as one notification silo hands them to a mail server that takes each at once.</summary>
internal sealed class MailScenario : Scenario
{
    private const int PerSecond = 500;
    private const int MostAtOnce = 10_000;

    private static readonly TimeSpan _askEvery = TimeSpan.FromMilliseconds(50);

    public override IReadOnlyList<string> Measures { get; } = ["mail"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var accounts = await (await bench.AccountsAsync(cancellation)).TakeAsync(10, cancellation);
        await bench.ServiceAsync("Notifications", cancellation);
        var environs = await bench.EnvironsAsync(cancellation);
        await Backlog.ReadAsync(environs.Kafka.Address, cancellation);
        using var events = new ToldEvents(environs.Kafka.Address, accounts);
        var (result, _) = await bench.CompareAsync("mail", () => RunAsync(events, environs.Mails, (int)(PerSecond * bench.Turn.TotalSeconds), cancellation));
        return [new(
            "mail", "mails handed to a mail server", result, Aim: "≥ 500/s",
            Note: "from the first mail to the last of events that were published together; each event is also in the inbox")];
    }

    private static async Task<LoadResult> RunAsync(ToldEvents events, SmtpSink mails, int count, CancellationToken cancellation)
    {
        var (time, repeated) = (TimeSpan.Zero, 0);
        for (var left = count; left > 0; left -= MostAtOnce)
        {
            var taken = await HandOverAsync(events, mails, Math.Min(left, MostAtOnce), cancellation);
            time += taken[^1].At - taken[0].At;
            repeated += taken.Length - taken.DistinctBy(mail => mail.MessageId).Count();
        }

        return LoadResult.None with { OperationsPerSecond = count / time.TotalSeconds, Errors = repeated };
    }

    private static async Task<SunkMail[]> HandOverAsync(ToldEvents events, SmtpSink mails, int count, CancellationToken cancellation)
    {
        mails.Taken.Clear();
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => events.AccountLockedAsync()));
        using var timer = new PeriodicTimer(_askEvery);
        while (mails.Taken.Count < count)
            await timer.WaitForNextTickAsync(cancellation);
        return [.. mails.Taken];
    }
}
