using Airliner.Kafka.Tests.Brokers;

namespace Airliner.Kafka.Tests.Consumers;

public sealed class EmbeddedConsumerTests(EmbeddedKafka kafka) : ConsumerFacts(kafka, brokerForgets: true);
