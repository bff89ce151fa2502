using Airliner.Kafka.Redrive;
using Airliner.Kafka.Tests.Brokers;
using Xunit;

namespace Airliner.Kafka.Tests.Redrive;

public sealed class EmbeddedRedriveTests(EmbeddedKafka kafka) : RedriveFacts(kafka, brokerForgets: true)
{
    [Fact]
    public void A_broker_that_is_away_is_named()
    {
        using var store = new DeadLetterStore(new KafkaOptions { BootstrapServers = "127.0.0.1:1" });

        Assert.Contains("Kafka at 127.0.0.1:1 does not answer", Assert.Throws<DeadLetterException>(store.List).Message, StringComparison.Ordinal);
    }
}
