using System.Text;
using Airliner.Kafka.Tests.Brokers;
using Confluent.Kafka;

namespace Airliner.Kafka.Tests.Outbox;

/// <summary>Reads a topic as the contract tells consumers to: a sequence that is not above its entity's last is ignored.</summary>
internal static class Sequences
{
    /// <summary>Reads until <paramref name="entities"/> entities have come to their last event; gives each one's sequences as they were not ignored.</summary>
    public static Task<Dictionary<string, List<long>>> ReadAsync(KafkaFixture kafka, string topic, int entities, int last) => Task.Run(() =>
    {
        var seen = new Dictionary<string, List<long>>();
        var ended = 0;
        using var consumer = kafka.Consumer("reads-without-joining");
        consumer.Assign(Enumerable.Range(0, kafka.Partitions(topic)).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        while (ended < entities)
        {
            var headers = KafkaFixture.Take(consumer, 1)[0].Message.Headers;
            var subject = Encoding.UTF8.GetString(headers.GetLastBytes("ce_subject"));
            var sequence = long.Parse(Encoding.UTF8.GetString(headers.GetLastBytes("ce_sequence")));
            if (!seen.TryGetValue(subject, out var sequences))
                seen[subject] = sequences = [];
            if (sequences.Count > 0 && sequence <= sequences[^1])
                continue;
            sequences.Add(sequence);
            if (sequence == last)
                ended++;
        }

        return seen;
    });
}
