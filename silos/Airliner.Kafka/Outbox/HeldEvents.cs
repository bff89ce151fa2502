using Airliner.Persistence.Postgres.Outbox;
using Confluent.Kafka;

namespace Airliner.Kafka.Outbox;

/// <summary>
/// The events in memory, and the one rule of their order: an event is given to the producer only when every earlier event of its entity that is not
/// published yet has been given to it before. While all is well that is the order in which they are taken over. Beyond the bounds the relay is
/// <em>behind</em>: what is taken over waits, at last in the table alone, until a pass over the table has sent what it missed.
/// </summary>
internal sealed class HeldEvents(int maxEvents, long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Subject, long Sequence), HeldEvent> _held = [];
    private readonly HashSet<(string Subject, long Sequence)> _deletedSincePage = [];
    private readonly HeldCounts _counts = new(maxEvents, maxBytes);
    private readonly Change _change = new();
    private Func<HeldEvent, SendOutcome> _send = _ => SendOutcome.Later;
    private long _ordinals;
    private HeldEvent? _alone;

    // Nobody knows at first what the table holds.
    private bool _behind = true;
    private bool _missed = true;

    /// <summary>Whether something waits for a pass.</summary>
    public bool IsBehind => Locked(() => _behind);

    public int Count => Locked(() => _held.Count);

    /// <summary>Events that the broker has not acknowledged.</summary>
    public int Unacknowledged => Locked(() => _counts.Unacknowledged);

    /// <summary>Names what gives an event to the producer; it is called with the lock held.</summary>
    public void SendWith(Func<HeldEvent, SendOutcome> send) => _send = send;

    /// <summary>Ends when something may be done that could not be done before: room, falling behind, a failure, the last acknowledgement.</summary>
    public Task ChangedAsync(TimeSpan atMost, CancellationToken cancellationToken) => _change.WaitAsync(atMost, cancellationToken);

    /// <summary>Takes over events whose rows are committed.</summary>
    public void Take(IReadOnlyList<OutboxEvent> committed)
    {
        lock (_gate)
        {
            foreach (var e in committed)
                Take(e);
        }
    }

    /// <summary>Leaves all that comes to the table until a pass has been over it.</summary>
    public void FallBehind()
    {
        lock (_gate)
            Miss();
    }

    /// <summary>The producer failed: what it had is to be sent again, before anything else.</summary>
    public void ProducerLost()
    {
        lock (_gate)
            Lose([.. _held.Values.Where(held => held.State == HeldState.Sent)]);
    }

    /// <summary>The broker dropped the events before they were consumed: they are sent again.</summary>
    public void Dropped(IReadOnlyCollection<HeldEvent> dropped)
    {
        lock (_gate)
            Lose(dropped);
    }

    /// <summary>
    /// Sends again what a failed producer had, in order. Each was sent when its predecessors had been, so this needs no look at the table. A suspect goes
    /// alone, so that what it is refused for is known to be its own.
    /// </summary>
    /// <returns>Whether all of it was sent; where not, more can be when something has <see cref="ChangedAsync">changed</see>.</returns>
    public bool ResendLost()
    {
        lock (_gate)
        {
            if (_alone is { State: HeldState.Sent })
                return false;
            foreach (var held in InOrder(HeldState.Lost))
            {
                if ((held.IsSuspect && _counts.Sent > 0) || !TrySend(held))
                    return false;
                if (held.IsSuspect)
                {
                    _alone = held;
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The broker refused a batch for what one of its events is, and <paramref name="held"/> was among them.</summary>
    /// <returns>Whether it was alone, and is given up.</returns>
    public bool Suspect(HeldEvent held)
    {
        lock (_gate)
        {
            held.IsSuspect = true;
            // Lost already where the producer's failure is told before its delivery's.
            if (!ReferenceEquals(held, _alone) || held.State is not (HeldState.Sent or HeldState.Lost))
                return false;
            Become(held, HeldState.Refused);
            return true;
        }
    }

    /// <summary>Begins a pass: from now on what is taken over is committed later than what the pass reads first.</summary>
    /// <returns>Whether the table may hold what memory does not, so that it has to be read.</returns>
    public bool BeginPass()
    {
        lock (_gate)
        {
            var missed = _missed;
            _missed = false;
            return missed;
        }
    }

    /// <summary>Begins a page of a pass: a row that is deleted after the page was read is not to be sent again.</summary>
    public void BeginPage()
    {
        lock (_gate)
            _deletedSincePage.Clear();
    }

    /// <summary>Sends rows of the table, in their order.</summary>
    /// <returns>How many of them are under way now; the next one has to wait, for room or for a producer.</returns>
    public int SendRows(IReadOnlyList<OutboxEvent> rows)
    {
        lock (_gate)
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var id = (rows[i].Subject, rows[i].Sequence);
                if (!_held.TryGetValue(id, out var held))
                {
                    if (_deletedSincePage.Contains(id))
                        continue;
                    if (_counts.IsFull)
                        return i;
                    held = Hold(rows[i]);
                }

                if (held.State is HeldState.Waiting or HeldState.Lost && !TrySend(held))
                    return i;
            }

            return rows.Count;
        }
    }

    /// <summary>The entities of what waits in memory.</summary>
    public string[] WaitingSubjects() => Locked(() =>
        _held.Values.Where(held => held.State == HeldState.Waiting).Select(held => held.Event.Subject).Distinct().ToArray());

    /// <summary>Ends a pass: sends what waits in memory, in order, and unless more was missed the relay is no longer behind.</summary>
    /// <returns>Whether all that waits was sent; more may have been missed all the same.</returns>
    public bool EndPass()
    {
        lock (_gate)
        {
            var sent = SendAll(HeldState.Waiting);
            if (sent && !_missed)
            {
                _behind = false;
                _deletedSincePage.Clear();
            }

            return sent;
        }
    }

    /// <summary>The broker has the event.</summary>
    /// <returns>False where it no longer matters: it has been acknowledged before.</returns>
    public bool Acknowledge(HeldEvent held, TopicPartitionOffset position)
    {
        lock (_gate)
        {
            if (held.State == HeldState.Acknowledged || !_held.ContainsKey(held.Id))
                return false;
            Become(held, HeldState.Acknowledged);
            held.Position = position;
            return true;
        }
    }

    /// <summary>The rows of these are deleted.</summary>
    public void Forget(IReadOnlyList<HeldEvent> deleted)
    {
        lock (_gate)
        {
            foreach (var held in deleted)
            {
                if (!_held.Remove(held.Id))
                    continue;
                _counts.Removed(held);
                if (_behind)
                    _deletedSincePage.Add(held.Id);
            }

            if (_behind)
                _change.Set();
        }
    }

    /// <summary>Whether a row of this silo's is in memory.</summary>
    public bool Holds(string subject, long sequence) => Locked(() => _held.ContainsKey((subject, sequence)));

    private void Take(OutboxEvent e)
    {
        // Handed over before, for example by an activation that read it from the table, or read by a pass before it was handed over.
        if (_held.ContainsKey((e.Subject, e.Sequence)))
            return;
        // Once one was missed, later ones of its entity must not be sent before it.
        if (_counts.IsFull || (_behind && (_missed || _counts.IsHalfFull)))
        {
            Miss();
            return;
        }

        var held = Hold(e);
        if (!_behind && !TrySend(held))
        {
            _behind = true;
            _change.Set();
        }
    }

    private void Lose(IReadOnlyCollection<HeldEvent> lost)
    {
        foreach (var held in lost)
            Become(held, HeldState.Lost);
        _behind = true;
        _change.Set();
    }

    private void Miss()
    {
        (_behind, _missed) = (true, true);
        _change.Set();
    }

    private HeldEvent Hold(OutboxEvent e)
    {
        var held = new HeldEvent(e, _ordinals++) { State = HeldState.Waiting };
        _held.Add(held.Id, held);
        _counts.Added(held);
        return held;
    }

    private bool SendAll(HeldState state)
    {
        foreach (var held in InOrder(state))
        {
            if (!TrySend(held))
                return false;
        }

        return true;
    }

    private HeldEvent[] InOrder(HeldState state) => [.. _held.Values.Where(held => held.State == state).OrderBy(held => held.Ordinal)];

    private bool TrySend(HeldEvent held)
    {
        var outcome = _send(held);
        if (outcome == SendOutcome.Later)
            return false;
        Become(held, outcome == SendOutcome.Sent ? HeldState.Sent : HeldState.Refused);
        return true;
    }

    private void Become(HeldEvent held, HeldState state)
    {
        _counts.Moving(held, state);
        held.State = state;
        if (_counts.Sent == 0)
            _change.Set();
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
            return read();
    }
}
