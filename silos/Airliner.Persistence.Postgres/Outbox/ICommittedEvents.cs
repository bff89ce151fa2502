namespace Airliner.Persistence.Postgres.Outbox;

/// <summary>Hears of a table's events beside the relay. Registered keyed by the table's name.</summary>
public interface ICommittedEvents
{
    /// <summary>Events that this silo has committed, or has found that one that is gone had. Returns at once and never throws.</summary>
    void Committed(IReadOnlyList<OutboxEvent> events);
}

/// <summary>A relay that lets somebody hear of what it takes.</summary>
internal sealed class HeardRelay(IOutboxRelay relay, ICommittedEvents listener) : IOutboxRelay
{
    public string Owner => relay.Owner;

    public void Take(IReadOnlyList<OutboxEvent> committed)
    {
        relay.Take(committed);
        listener.Committed(committed);
    }
}
