using Airliner.Kafka.Tests.Brokers;

namespace Airliner.Kafka.Tests.Redrive;

public sealed class ApacheRedriveTests(ApacheKafka kafka) : RedriveFacts(kafka, brokerForgets: false);
