using Airliner.Kafka.Embedded;
using Airliner.Kafka.Redrive;
using Airliner.Kafka.Tests.Brokers;
using Xunit;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Tests.Redrive;

public sealed class EmbeddedRedriveTests(EmbeddedKafka kafka) : RedriveFacts(kafka, brokerForgets: true)
{
    [Fact]
    public async Task A_partition_whose_leader_is_just_changing_is_asked_again()
    {
        await using var own = new EmbeddedKafka();
        await own.UseAsync();
        var letters = await own.DeadLettersAsync(await own.TopicAsync("moving"));
        using var store = new DeadLetterStore(new KafkaOptions { BootstrapServers = own.BootstrapServers });
        own.Broker.Faults.FailNext(BrokerRequest.ListOffsets, ErrorCode.NotLeaderForPartition, ErrorCode.LeaderNotAvailable);

        Assert.Equal(letters, Assert.Single(store.List()).Name);
    }

    [Fact]
    public void A_broker_that_is_away_is_named()
    {
        using var store = new DeadLetterStore(new KafkaOptions { BootstrapServers = "127.0.0.1:1" });

        Assert.Contains("Kafka at 127.0.0.1:1 does not answer", Assert.Throws<DeadLetterException>(store.List).Message, StringComparison.Ordinal);
    }
}
