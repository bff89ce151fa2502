using Airliner.Persistence.Postgres.Outbox;
using Confluent.Kafka;

namespace Airliner.Kafka.Outbox;

/// <summary>
/// The events in memory, and the one rule of their order: an event is given to the producer when every earlier event of its entity is published. Beyond
/// the bounds the relay is <em>behind</em>: what is taken over waits, at last in the table alone, until a pass over the table has brought what memory
/// missed.
/// </summary>
internal sealed class HeldEvents
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Subject, long Sequence), HeldEvent> _held = [];
    private readonly HashSet<(string Subject, long Sequence)> _deletedSincePage = [];
    private readonly Change _change = new();
    private readonly HeldCounts _counts;
    private readonly ReadyEvents _ready;

    // Nobody knows at first what the table holds.
    private bool _behind = true;
    private bool _missed = true;

    public HeldEvents(int maxEvents, long maxBytes)
    {
        _counts = new(maxEvents, maxBytes);
        _ready = new(_counts, _change);
    }

    /// <summary>Whether something waits for a pass.</summary>
    public bool IsBehind => Locked(() => _behind);

    /// <summary>Whether something could not be given to the producer, which <see cref="Resume"/> tries again.</summary>
    public bool IsStalled => Locked(() => _ready.IsStalled);

    public int Count => Locked(() => _held.Count);

    /// <summary>Events that the broker has not acknowledged.</summary>
    public int Unacknowledged => Locked(() => _counts.Unacknowledged);

    /// <summary>Names what gives an event to the producer; it is called with the lock held.</summary>
    public void SendWith(Func<HeldEvent, SendOutcome> send) => _ready.Send = send;

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

    /// <summary>The producer failed: what it had is to be sent again.</summary>
    public void ProducerLost()
    {
        lock (_gate)
            _ready.SendAgain([.. _held.Values.Where(held => held.State == HeldState.Sent)]);
    }

    /// <summary>The broker dropped the events before they were consumed: they are sent again.</summary>
    public void Dropped(IReadOnlyCollection<HeldEvent> dropped)
    {
        lock (_gate)
            _ready.SendAgain(dropped);
    }

    /// <inheritdoc cref="ReadyEvents.Resume"/>
    public void Resume()
    {
        lock (_gate)
            _ready.Resume();
    }

    /// <inheritdoc cref="ReadyEvents.Suspect"/>
    public bool Suspect(HeldEvent held) => Locked(() => _ready.Suspect(held));

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

    /// <summary>Takes rows of the table into memory, in their order, and sends each in its turn.</summary>
    /// <returns>How many of them are in memory now; the next one has to wait for room.</returns>
    public int AddRows(IReadOnlyList<OutboxEvent> rows)
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

                if (held.State == HeldState.Waiting)
                    _ready.Enqueue(held);
            }

            return rows.Count;
        }
    }

    /// <summary>The entities of what waits in memory.</summary>
    public string[] WaitingSubjects() => Locked(() =>
        _held.Values.Where(held => held.State == HeldState.Waiting).Select(held => held.Event.Subject).Distinct().ToArray());

    /// <summary>Ends a pass: what waits in memory gets its turn, and unless more was missed the relay is no longer behind.</summary>
    public void EndPass()
    {
        lock (_gate)
        {
            foreach (var held in _held.Values.Where(held => held.State == HeldState.Waiting).OrderBy(held => held.Event.Sequence).ToArray())
                _ready.Enqueue(held);
            if (_missed)
                return;
            _behind = false;
            _deletedSincePage.Clear();
        }
    }

    /// <summary>The broker has the event: the entity's next one goes.</summary>
    /// <returns>False where it no longer matters: it has been acknowledged before.</returns>
    public bool Acknowledge(HeldEvent held, TopicPartitionOffset position)
    {
        lock (_gate)
        {
            if (held.State == HeldState.Acknowledged || !_held.ContainsKey(held.Id))
                return false;
            held.Position = position;
            _ready.Settle(held, HeldState.Acknowledged);
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
        if (!_behind)
            _ready.Enqueue(held);
    }

    private void Miss()
    {
        (_behind, _missed) = (true, true);
        _change.Set();
    }

    private HeldEvent Hold(OutboxEvent e)
    {
        var held = new HeldEvent(e);
        _held.Add(held.Id, held);
        _counts.Added(held);
        return held;
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
            return read();
    }
}
