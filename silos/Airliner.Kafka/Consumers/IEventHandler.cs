namespace Airliner.Kafka.Consumers;

/// <summary>Has the effect of events. One for each consumer group of a silo; called with one batch at a time.</summary>
public interface IEventHandler
{
    /// <summary>The Kafka consumer group.</summary>
    string Group { get; }

    /// <summary>The topics it reads.</summary>
    IReadOnlyList<string> Topics { get; }

    /// <summary>
    /// How long the broker may keep events back to hand over many at once. Under load a batch costs much the same whatever is in it, and so does each question for
    /// one, which names every partition.
    /// </summary>
    TimeSpan Gathers => TimeSpan.Zero;

    /// <summary>
    /// Has the effect of the events, each key's in order, and ends when it is durable. Delivery is at least once: an event may come again, and is known by
    /// its <see cref="ConsumedEvent.Id"/>.
    /// </summary>
    /// <returns>Those that no try can ever handle; the others have had their effect.</returns>
    /// <exception cref="Exception">A trouble that passes, as a database that is away: the same events come again, without limit.</exception>
    Task<IReadOnlyList<EventRejection>> HandleAsync(IReadOnlyList<ConsumedEvent> events, CancellationToken cancellationToken);
}
