namespace Airliner.Kafka.Outbox;

/// <summary>
/// The events that may be given to the producer, entity by entity, one of each at a time, so that no failure of a broker or a producer can put two of an
/// entity the wrong way round. Called under the lock of <see cref="HeldEvents"/>.
/// </summary>
internal sealed class ReadyEvents(HeldCounts counts, Change change)
{
    private readonly Dictionary<string, EntityTurns> _entities = new(StringComparer.Ordinal);
    private HeldEvent? _alone;

    /// <summary>Gives an event to the producer.</summary>
    public Func<HeldEvent, SendOutcome> Send { get; set; } = _ => SendOutcome.Later;

    /// <summary>Whether something could not be given to the producer, which <see cref="Resume"/> tries again.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>The event's predecessors are in memory or published: it goes in its turn.</summary>
    public void Enqueue(HeldEvent held)
    {
        var entity = Requeue(held);
        if (!IsStalled)
            Pump(entity);
    }

    /// <summary>These are to be sent again, when the relay resumes.</summary>
    public void SendAgain(IEnumerable<HeldEvent> events)
    {
        foreach (var held in events)
            Requeue(held);
        Stall();
    }

    /// <summary>The event is published, or given up: the entity's next one goes.</summary>
    public void Settle(HeldEvent held, HeldState state)
    {
        var entity = TurnsOf(held);
        entity.Done(held);
        Become(held, state);
        Pump(entity);
    }

    /// <summary>Sends what was not sent, because there was no producer, no room in it, or an event that had to go alone.</summary>
    public void Resume()
    {
        IsStalled = false;
        foreach (var entity in _entities.Values.ToArray())
        {
            Pump(entity);
            if (IsStalled)
                return;
        }
    }

    /// <summary>The broker refused a batch for what one of its events is, and this one was among them: it is to be sent alone.</summary>
    /// <returns>Whether it was alone, and is given up.</returns>
    public bool Suspect(HeldEvent held)
    {
        held.IsSuspect = true;
        // Ready already where the producer's failure is told before its delivery's.
        if (!ReferenceEquals(held, _alone) || held.State is not (HeldState.Sent or HeldState.Ready))
            return false;
        Settle(held, HeldState.Refused);
        return true;
    }

    private EntityTurns TurnsOf(HeldEvent held)
    {
        if (!_entities.TryGetValue(held.Event.Subject, out var entity))
            _entities[held.Event.Subject] = entity = new(held.Event.Subject);
        return entity;
    }

    private EntityTurns Requeue(HeldEvent held)
    {
        var entity = TurnsOf(held);
        entity.Done(held);
        entity.Add(held);
        Become(held, HeldState.Ready);
        return entity;
    }

    /// <summary>Sends the entity's next event, unless one is on its way already.</summary>
    private void Pump(EntityTurns entity)
    {
        while (entity.Next is { } next)
        {
            var outcome = HasToWait(next) ? SendOutcome.Later : Send(next);
            if (outcome == SendOutcome.Later)
            {
                Stall();
                return;
            }

            entity.Begin(next);
            if (next.IsSuspect)
                _alone = next;
            Become(next, outcome == SendOutcome.Sent ? HeldState.Sent : HeldState.Refused);
            if (outcome == SendOutcome.Never)
                entity.Done(next);
        }

        if (entity.IsEmpty)
            _entities.Remove(entity.Subject);
    }

    /// <summary>A suspect goes alone, so that what it is refused for is known to be its own.</summary>
    private bool HasToWait(HeldEvent next) => _alone is { State: HeldState.Sent } || (next.IsSuspect && counts.Sent > 0);

    private void Stall()
    {
        IsStalled = true;
        change.Set();
    }

    private void Become(HeldEvent held, HeldState state)
    {
        counts.Moving(held, state);
        held.State = state;
        if (counts.Sent == 0)
            change.Set();
    }
}
