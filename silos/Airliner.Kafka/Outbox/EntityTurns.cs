namespace Airliner.Kafka.Outbox;

/// <summary>One entity's events that are ready, of which the producer has one at a time: the one with the lowest sequence.</summary>
internal sealed class EntityTurns(string subject)
{
    private readonly SortedList<long, HeldEvent> _ready = [];
    private HeldEvent? _sent;

    public string Subject => subject;

    public bool IsEmpty => _sent is null && _ready.Count == 0;

    /// <summary>The event whose turn it is; null while another is on its way.</summary>
    public HeldEvent? Next => _sent is null && _ready.Count > 0 ? _ready.Values[0] : null;

    public void Add(HeldEvent held) => _ready[held.Event.Sequence] = held;

    /// <summary>The producer has the event.</summary>
    public void Begin(HeldEvent held)
    {
        _ready.Remove(held.Event.Sequence);
        _sent = held;
    }

    /// <summary>The event is no longer on its way, nor to be sent.</summary>
    public void Done(HeldEvent held)
    {
        _ready.Remove(held.Event.Sequence);
        if (ReferenceEquals(_sent, held))
            _sent = null;
    }
}
