using Airliner.Kafka.Tests.Brokers;
using Airliner.Testing;

namespace Airliner.Kafka.Tests.Outbox;

public sealed class EmbeddedRelayTests(EmbeddedKafka kafka, PostgresServer postgres) : RelayFacts(kafka, postgres, brokerForgets: true);
