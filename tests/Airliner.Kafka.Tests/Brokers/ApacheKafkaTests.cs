using Xunit;

namespace Airliner.Kafka.Tests.Brokers;

public sealed class ApacheKafkaTests(ApacheKafka kafka) : KafkaFacts(kafka)
{
    [Fact]
    public async Task A_killed_broker_that_is_started_again_delivers_what_was_produced_meanwhile_once_and_in_order()
    {
        // One of its own: the others go on with theirs.
        await using var killed = new ApacheKafka();
        await killed.UseAsync();
        var topic = await killed.TopicAsync("killed");
        using var producer = killed.Producer();
        await producer.ProduceAsync(topic, KafkaFixture.Event("one-key", "0"));

        await killed.KillAsync();
        var waiting = Task.WhenAll(Enumerable.Range(1, 49).Select(n => producer.ProduceAsync(topic, KafkaFixture.Event("one-key", $"{n}"))));
        await killed.StartAgainAsync();
        await waiting.WaitAsync(KafkaFixture.Patience);

        var read = await killed.ReadAsync(topic, 50);
        Assert.Equal(Enumerable.Range(0, 50), read.Select(r => int.Parse(r.Message.Value)));
        Assert.Equal(50, await killed.CountAsync(topic));
    }
}
