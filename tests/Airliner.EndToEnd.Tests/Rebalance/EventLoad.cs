using System.Globalization;
using System.Text;
using Airliner.Contracts.Events;
using Confluent.Kafka;

namespace Airliner.EndToEnd.Tests.Rebalance;

/// <summary>Events of tasks and log-ins, as their services publish them, at an even rate, and among them what nobody can handle or knows.</summary>
internal sealed class EventLoad(string brokers, long userId)
{
    /// <summary>Every so many the event is one that sends a mail as well.</summary>
    private const int MailEvery = 5;

    /// <summary>Behind every so many there is a record that nobody can handle, and one of a type that nobody knows.</summary>
    private const int PoisonEvery = 80;

    private const int PerTick = 20;
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(100);

    private readonly List<(string EventId, string Channel)> _expected = [];
    private readonly List<string> _passedOver = [];
    private readonly List<Task<Poison>> _poison = [];

    /// <summary>The notifications that there must be of them.</summary>
    public IReadOnlyList<(string EventId, string Channel)> Expected => _expected;

    /// <summary>The ids that events have of which there must be none.</summary>
    public IReadOnlyList<string> PassedOver => _passedOver;

    /// <summary>What is to be among the dead letters, and nothing else.</summary>
    public Task<Poison[]> PoisonAsync() => Task.WhenAll(_poison);

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
                acknowledged.Add(made % MailEvery == 0
                    ? producer.ProduceAsync(Topics.Auth, Expect(Make(made, "account_locked"), "inapp", "email"))
                    : producer.ProduceAsync(Topics.Tasks, Expect(Make(made, "task_created"), "inapp")));
                if (made % PoisonEvery != 0)
                    continue;
                _poison.Add(SpoilAsync(producer, made));
                acknowledged.Add(producer.ProduceAsync(Topics.Tasks, PassOver(Make(made, "task_pondered"))));
            }
        }

        await Task.WhenAll(acknowledged);
        await PoisonAsync();
    }

    private async Task<Poison> SpoilAsync(IProducer<string, string> producer, int number)
    {
        var message = PassOver(Make(number, "task_created"));
        var (topic, reason) = PoisonRecords.Spoil(number / PoisonEvery, message, userId);
        var at = await producer.ProduceAsync(topic, message);
        return new(Topics.DeadLettersOf(topic), $"{topic} {at.Partition.Value} {at.Offset.Value}", reason, message.Value);
    }

    private Message<string, string> Expect(Message<string, string> message, params IEnumerable<string> channels)
    {
        _expected.AddRange(channels.Select(channel => (IdOf(message), channel)));
        return message;
    }

    private Message<string, string> PassOver(Message<string, string> message)
    {
        _passedOver.Add(IdOf(message));
        return message;
    }

    private static string IdOf(Message<string, string> message) => Encoding.UTF8.GetString(message.Headers.GetLastBytes("ce_id"));

    private Message<string, string> Make(int number, string type)
    {
        var id = Guid.NewGuid().ToString();
        var time = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        var own = type == "account_locked"
            ? $""" "scope":"source","lockedUntil":"{time}" """
            : $""" "taskId":{1000 + number},"taskReference":"TASK20260101{number:X8}","taskType":"data_processing","priority":"medium" """;
        return new()
        {
            Key = number.ToString(CultureInfo.InvariantCulture),
            Value = $$"""{"eventType":"{{type}}","userId":{{userId}},{{own}},"timestamp":"{{time}}"}""",
            Headers = Headers(
                ("ce_specversion", "1.0"), ("ce_id", id), ("ce_type", type), ("ce_source", "/airliner/tests"), ("ce_time", time),
                ("ce_subject", $"tests/{number}"), ("ce_sequence", "1"), ("content-type", "application/json")),
        };
    }

    private static Headers Headers(params IEnumerable<(string Name, string Value)> all)
    {
        var headers = new Headers();
        foreach (var (name, value) in all)
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        return headers;
    }
}

/// <summary>A record that nobody can handle.</summary>
/// <param name="Letters">The topic where it is to end.</param>
/// <param name="Origin">Where it is, as <c>topic partition offset</c>.</param>
/// <param name="Reason">What the dead letter says of it, or a part of that.</param>
internal sealed record Poison(string Letters, string Origin, string Reason, string? Value);
