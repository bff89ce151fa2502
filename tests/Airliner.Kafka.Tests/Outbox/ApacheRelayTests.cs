using Airliner.Kafka.Tests.Brokers;
using Airliner.Testing;

namespace Airliner.Kafka.Tests.Outbox;

public sealed class ApacheRelayTests(ApacheKafka kafka, PostgresServer postgres) : RelayFacts(kafka, postgres, brokerForgets: false);
