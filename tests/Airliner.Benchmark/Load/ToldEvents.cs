using System.Globalization;
using System.Text;
using Airliner.Benchmark.Processes;
using Airliner.Contracts.Events;
using Confluent.Kafka;

namespace Airliner.Benchmark.Load;

/// <summary>An event that was published.</summary>
/// <param name="Id">Its <c>ce_id</c>.</param>
/// <param name="At">When it was handed to the producer.</param>
internal sealed record ToldEvent(string Id, DateTimeOffset At, TopicPartitionOffset Position);

/// <summary>Publishes events of which users are told, as the services that raise them do.</summary>
internal sealed class ToldEvents(string brokers, IReadOnlyList<Account> accounts) : IDisposable
{
    private readonly IProducer<string, string> _producer = new ProducerBuilder<string, string>(new ProducerConfig
    {
        BootstrapServers = brokers,
        EnableIdempotence = true,
        Partitioner = Partitioner.Murmur2Random,
        LingerMs = 5,
        QueueBufferingMaxMessages = 1_000_000,
    }).SetLogHandler((_, _) => { }).Build();

    private long _number;

    /// <summary>One that is told of in the inbox.</summary>
    public Task<ToldEvent> TaskCreatedAsync() => PublishAsync(
        Topics.Tasks, "task_created",
        $""" "taskId":{1000 + _number},"taskReference":"TASK20260101{_number:X8}","taskType":"data_processing","priority":"medium" """);

    /// <summary>One that is told of in the inbox and by mail, at once whatever the user prefers.</summary>
    public Task<ToldEvent> AccountLockedAsync() => PublishAsync(Topics.Auth, "account_locked", """ "scope":"source","lockedUntil":"2026-01-01T00:00:00Z" """);

    public void Dispose() => _producer.Dispose();

    private async Task<ToldEvent> PublishAsync(string topic, string type, string own)
    {
        var number = _number++;
        var id = Guid.NewGuid().ToString();
        var at = TimeProvider.System.GetUtcNow();
        var time = at.ToString("O", CultureInfo.InvariantCulture);
        var headers = new Headers();
        foreach (var (name, value) in new[]
        {
            ("ce_specversion", "1.0"), ("ce_id", id), ("ce_type", type), ("ce_source", "/airliner/benchmark"), ("ce_time", time),
            ("ce_subject", $"benchmark/{number}"), ("ce_sequence", "1"), ("content-type", "application/json"),
        })
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        var delivered = await _producer.ProduceAsync(topic, new()
        {
            // A key of its own: how the load is spread is not what is measured.
            Key = number.ToString(CultureInfo.InvariantCulture),
            Value = $$"""{"eventType":"{{type}}","userId":{{accounts[(int)(number % accounts.Count)].UserId}},{{own}},"timestamp":"{{time}}"}""",
            Headers = headers,
        });
        return new(id, at, delivered.TopicPartitionOffset);
    }
}
