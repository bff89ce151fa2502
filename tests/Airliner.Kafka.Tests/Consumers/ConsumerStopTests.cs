using Airliner.Kafka.Consumers;
using Airliner.Kafka.Tests.Brokers;
using Airliner.Kafka.Tests.Outbox;
using Confluent.Kafka;
using Xunit;

namespace Airliner.Kafka.Tests.Consumers;

/// <summary>On a broker of its own, which is broken.</summary>
public sealed class ConsumerStopTests : IAsyncLifetime
{
    private readonly EmbeddedKafka _kafka = new();

    public async ValueTask InitializeAsync() => await _kafka.UseAsync();

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    [Fact]
    public async Task A_consumer_stops_although_the_broker_does_not_answer_any_more()
    {
        var topic = await _kafka.TopicAsync("silent");
        var handler = new RecordingHandler($"group-{topic}", topic);
        var options = new KafkaOptions { BootstrapServers = _kafka.BootstrapServers, StopTimeout = TimeSpan.FromSeconds(1) };
        var loop = new ConsumerLoop(options, handler, new(), TimeProvider.System, new TestLogger<ConsumerLoop>());
        loop.Start(Task.CompletedTask);
        using (var producer = _kafka.Producer())
            await producer.ProduceAsync(topic, new Message<string, string> { Key = "things/0", Value = "{}", Headers = CloudEventHeaders.Of(Raised.One(topic, "things/0", 1), "/airliner/tests"u8.ToArray()) });
        await handler.HasHandledAsync(1);

        _kafka.Broker.Faults.Delay(TimeSpan.FromHours(1));
        await loop.DisposeAsync().AsTask().WaitAsync(KafkaFixture.Patience);
    }
}
