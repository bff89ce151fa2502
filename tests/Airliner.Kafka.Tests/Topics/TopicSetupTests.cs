using Airliner.Kafka.Tests.Brokers;
using Airliner.Kafka.Topics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Options;
using Xunit;

namespace Airliner.Kafka.Tests.Topics;

public sealed class TopicSetupTests(ApacheKafka kafka)
{
    private static readonly string[] _expected =
    [
        "auth-events", "auth-events.dlq", "notification-events", "notification-events.dlq", "task-events", "task-events.dlq",
        "user-registration-events", "user-registration-events.dlq",
    ];

    [Fact]
    public async Task It_creates_every_topic_with_its_dead_letters_and_leaves_those_that_are_there()
    {
        await kafka.UseAsync();

        for (var start = 0; start < 2; start++)
        {
            using var setup = Setup(new KafkaOptions { BootstrapServers = kafka.BootstrapServers, Partitions = 3 });
            await setup.StartAsync(CancellationToken.None);
            await setup.Ready.WaitAsync(KafkaFixture.Patience);
            await setup.StopAsync(CancellationToken.None);
        }

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var topics = admin.GetMetadata(KafkaFixture.Patience).Topics.Where(topic => _expected.Contains(topic.Topic)).ToList();
        Assert.Equal(_expected, topics.Select(topic => topic.Topic).Order());
        Assert.All(topics, topic => Assert.Equal(3, topic.Partitions.Count));
        var settings = await admin.DescribeConfigsAsync(_expected.Select(topic => new ConfigResource { Type = ResourceType.Topic, Name = topic }));
        Assert.All(settings, topic => Assert.Equal("604800000", topic.Entries["retention.ms"].Value));
    }

    [Fact]
    public async Task A_broker_that_is_away_does_not_hold_up_the_start()
    {
        using var setup = Setup(new KafkaOptions { BootstrapServers = "127.0.0.1:1" });

        await setup.StartAsync(CancellationToken.None).WaitAsync(KafkaFixture.Patience);

        Assert.False(setup.Ready.IsCompleted);
        await setup.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task On_a_broker_that_serves_no_creation_it_is_ready_at_once()
    {
        using var setup = Setup(new KafkaOptions { BootstrapServers = "127.0.0.1:1", BrokerForgets = true });

        await setup.StartAsync(CancellationToken.None);

        await setup.Ready.WaitAsync(KafkaFixture.Patience);
    }

    private static TopicSetup Setup(KafkaOptions options) => new(Options.Create(options), TimeProvider.System, new TestLogger<TopicSetup>());
}
