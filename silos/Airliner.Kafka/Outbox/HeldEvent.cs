using Airliner.Persistence.Postgres.Outbox;
using Confluent.Kafka;

namespace Airliner.Kafka.Outbox;

/// <summary>Where an event in memory stands.</summary>
internal enum HeldState
{
    /// <summary>The table may have earlier ones of its entity that are not in memory.</summary>
    Waiting,

    /// <summary>To be given to the producer when it is the first of its entity, and the ones before it are published.</summary>
    Ready,

    /// <summary>Given to the producer.</summary>
    Sent,

    /// <summary>The broker has it; its row is to be deleted, at once or when the built-in consumers have had their effect of it.</summary>
    Acknowledged,

    /// <summary>Refused for what it is, as it always will be: its row stays for the operator.</summary>
    Refused,
}

/// <summary>An event in memory, from when it was taken over until its row is deleted.</summary>
internal sealed record HeldEvent(OutboxEvent Event)
{
    public HeldState State { get; set; }

    /// <summary>Whether the broker refused a batch that it was in, for what some event of the batch is.</summary>
    public bool IsSuspect { get; set; }

    /// <summary>Where the broker has it, once it has.</summary>
    public TopicPartitionOffset? Position { get; set; }

    public (string Subject, long Sequence) Id => (Event.Subject, Event.Sequence);

    /// <summary>What it costs in memory and in the broker, about: value, key, and headers.</summary>
    public int Bytes => Event.Payload.Length + Event.Subject.Length + Event.Key.Length + 320;
}
