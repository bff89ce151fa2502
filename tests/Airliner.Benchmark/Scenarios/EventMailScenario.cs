using Airliner.Benchmark.Load;
using Airliner.Benchmark.Reporting;
using Airliner.Testing;

namespace Airliner.Benchmark.Scenarios;

/// <summary>From an event's publication until its mail is with the mail server, at a steady hundred a second.</summary>
internal sealed class EventMailScenario : Scenario
{
    private const int PerSecond = 100;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    public override IReadOnlyList<string> Measures { get; } = ["event-mail"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var accounts = await (await bench.AccountsAsync(cancellation)).TakeAsync(10, cancellation);
        await bench.ServiceAsync("Notifications", cancellation);
        var environs = await bench.EnvironsAsync(cancellation);
        await Backlog.ReadAsync(environs.Kafka.Address, cancellation);
        using var events = new ToldEvents(environs.Kafka.Address, accounts);
        await using var rows = new NotificationRows(await bench.DatabaseAsync("Notifications"));
        var (result, _) = await bench.CompareAsync("event-mail", () => RunAsync(events, rows, environs.Mails, bench.Turn, cancellation));
        return [new(
            "event-mail", "event from publication to mail", result, Aim: "p99 < 1 s",
            Note: $"{PerSecond} events a second; {EventScenario.Broker(environs.Kafka.IsReal)}")];
    }

    private static async Task<LoadResult> RunAsync(ToldEvents events, NotificationRows rows, SmtpSink mails, TimeSpan turn, CancellationToken cancellation)
    {
        mails.Taken.Clear();
        var publishing = new List<Task<ToldEvent>>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        for (var left = PerSecond * turn.TotalSeconds; left > 0 && await timer.WaitForNextTickAsync(cancellation); left--)
            publishing.Add(events.AccountLockedAsync());
        var published = await Task.WhenAll(publishing);
        for (var ticks = _patience / timer.Period; ticks > 0 && mails.Taken.Count < published.Length; ticks--)
            await timer.WaitForNextTickAsync(cancellation);

        var eventOf = await rows.EventsByMailAsync([.. published.Select(one => one.Id)], cancellation);
        var at = published.ToDictionary(one => one.Id, one => one.At);
        var times = mails.Taken.Where(mail => eventOf.ContainsKey(NameOf(mail))).DistinctBy(NameOf)
            .Select(mail => (int)(mail.At - at[eventOf[NameOf(mail)]]).TotalMicroseconds).ToList();
        return LoadResult.Of(times, turn, errors: published.Length - times.Count);
    }

    private static string NameOf(SunkMail mail) => mail.MessageId.Split('@')[0];
}
