using System.Globalization;
using System.Text;
using Airliner.Contracts.Events;
using Confluent.Kafka;

namespace Airliner.EndToEnd.Tests.Rebalance;

/// <summary>Events of tasks and log-ins, as their services publish them, at an even rate.</summary>
internal sealed class EventLoad(string brokers, long userId)
{
    /// <summary>Every so many the event is one that sends a mail as well.</summary>
    private const int MailEvery = 5;

    private const int PerTick = 20;
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(100);

    private readonly List<(string EventId, string Channel)> _expected = [];

    /// <summary>The notifications that there must be of them.</summary>
    public IReadOnlyList<(string EventId, string Channel)> Expected => _expected;

    /// <summary>Produces so many; ends when the broker has them.</summary>
    public async Task RunAsync(int count)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig
        {
            BootstrapServers = brokers,
            EnableIdempotence = true,
            LingerMs = 5,
        }).SetLogHandler((_, _) => { }).Build();
        using var timer = new PeriodicTimer(_tick);
        var acknowledged = new List<Task>(count);
        for (var made = 0; made < count && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);)
        {
            for (var of = Math.Min(PerTick, count - made); of > 0; of--, made++)
            {
                var (topic, message) = Make(made);
                acknowledged.Add(producer.ProduceAsync(topic, message));
            }
        }

        await Task.WhenAll(acknowledged);
    }

    private (string Topic, Message<string, string> Message) Make(int number)
    {
        var id = Guid.NewGuid().ToString();
        var time = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        var sendsMail = number % MailEvery == 0;
        var type = sendsMail ? "account_locked" : "task_created";
        var own = sendsMail
            ? $""" "scope":"source","lockedUntil":"{time}" """
            : $""" "taskId":{1000 + number},"taskReference":"TASK20260101{number:X8}","taskType":"data_processing","priority":"medium" """;
        _expected.Add((id, "inapp"));
        if (sendsMail)
            _expected.Add((id, "email"));
        return (sendsMail ? Topics.Auth : Topics.Tasks, new()
        {
            Key = number.ToString(CultureInfo.InvariantCulture),
            Value = $$"""{"eventType":"{{type}}","userId":{{userId}},{{own}},"timestamp":"{{time}}"}""",
            Headers = Headers(
                ("ce_specversion", "1.0"), ("ce_id", id), ("ce_type", type), ("ce_source", "/airliner/tests"), ("ce_time", time),
                ("ce_subject", $"tests/{number}"), ("ce_sequence", "1"), ("content-type", "application/json")),
        });
    }

    private static Headers Headers(params IEnumerable<(string Name, string Value)> all)
    {
        var headers = new Headers();
        foreach (var (name, value) in all)
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        return headers;
    }
}
