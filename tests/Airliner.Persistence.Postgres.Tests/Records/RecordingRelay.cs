using System.Collections.Concurrent;
using Airliner.Persistence.Postgres.Outbox;

namespace Airliner.Persistence.Postgres.Tests.Records;

/// <summary>A relay that keeps what it takes, so that a test sees what would be published, in which order.</summary>
internal sealed class RecordingRelay(string owner) : IOutboxRelay
{
    private readonly ConcurrentQueue<OutboxEvent> _taken = new();

    public string Owner { get; } = owner;

    public IReadOnlyCollection<OutboxEvent> Taken => _taken;

    public void Take(IReadOnlyList<OutboxEvent> committed)
    {
        foreach (var taken in committed)
            _taken.Enqueue(taken);
    }

    /// <summary>The sequences of an entity's events, in the order in which they were taken.</summary>
    public List<long> SequencesOf(string subject) => [.. _taken.Where(e => e.Subject == subject).Select(e => e.Sequence)];
}
