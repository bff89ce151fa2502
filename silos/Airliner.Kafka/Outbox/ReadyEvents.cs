namespace Airliner.Kafka.Outbox;

/// <summary>
/// The events that may be given to the producer, entity by entity, one of each at a time, so that no failure of a broker or a producer can put two of an
/// entity the wrong way round. Called under the lock of <see cref="HeldEvents"/>.
/// </summary>
internal sealed class ReadyEvents(HeldCounts counts, Change change)
{
    private readonly Dictionary<string, EntityTurns> _entities = new(StringComparer.Ordinal);

    // Each of these has to go alone, and goes before all others: these keep coming.
    private readonly HashSet<HeldEvent> _suspects = new(ReferenceEqualityComparer.Instance);
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
        var alone = _suspects.Count > 0;
        EntityTurns[] turns = alone ? [.. _suspects.Select(TurnsOf)] : [.. _entities.Values];
        IsStalled = turns.Any(entity => !Pump(entity)) || alone;
    }

    /// <summary>The broker refused a batch for what one of its events is, and this one was among them: it is to be sent alone.</summary>
    /// <returns>Whether it was alone, and is given up.</returns>
    public bool Suspect(HeldEvent held)
    {
        held.IsSuspect = true;
        if (held.State == HeldState.Ready)
            _suspects.Add(held);
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
    /// <returns>Whether none of the entity's has to wait for anything but its predecessor.</returns>
    private bool Pump(EntityTurns entity)
    {
        while (entity.Next is { } next)
        {
            var outcome = HasToWait(next) ? SendOutcome.Later : Send(next);
            if (outcome == SendOutcome.Later)
            {
                Stall();
                return false;
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
        return true;
    }

    /// <summary>A suspect goes alone, so that what it is refused for is known to be its own. Only its own predecessors go before it.</summary>
    private bool HasToWait(HeldEvent next) =>
        _alone is { State: HeldState.Sent } || (_suspects.Count > 0 && (counts.Sent > 0 || !_suspects.Any(suspect => suspect.Event.Subject == next.Event.Subject)));

    private void Stall()
    {
        // Told once: whoever resumes what is stalled would wake itself, again and again.
        if (IsStalled)
            return;
        IsStalled = true;
        change.Set();
    }

    private void Become(HeldEvent held, HeldState state)
    {
        counts.Moving(held, state);
        held.State = state;
        if (held.IsSuspect && state == HeldState.Ready)
            _suspects.Add(held);
        else
            _suspects.Remove(held);
        if (counts.Sent == 0)
            change.Set();
    }
}
