using Airliner.Kafka.Tests.Brokers;

namespace Airliner.Kafka.Tests.Embedded;

public sealed class EmbeddedKafkaTests(EmbeddedKafka kafka) : KafkaFacts(kafka);
