using Airliner.Kafka.Tests.Brokers;

namespace Airliner.Kafka.Tests.Consumers;

public sealed class ApacheConsumerTests(ApacheKafka kafka) : ConsumerFacts(kafka, brokerForgets: false);
