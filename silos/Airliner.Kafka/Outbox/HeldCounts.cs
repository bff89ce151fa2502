namespace Airliner.Kafka.Outbox;

/// <summary>How many of the events in memory stand where, and whether there is room for more. Called under the lock of <see cref="HeldEvents"/>.</summary>
internal sealed class HeldCounts(int maxEvents, long maxBytes)
{
    private int _all;
    private long _bytes;
    private int _waiting;
    private long _waitingBytes;

    /// <summary>Events that the broker has not acknowledged.</summary>
    public int Unacknowledged { get; private set; }

    /// <summary>Events that the producer has.</summary>
    public int Sent { get; private set; }

    public bool IsFull => _all >= maxEvents || _bytes >= maxBytes;

    /// <summary>Whether what waits has its half of the room. While behind, the other is the pass's, or what waits for the pass could leave it none.</summary>
    public bool IsHalfFull => _waiting >= maxEvents / 2 || _waitingBytes >= maxBytes / 2;

    /// <summary>An event is in memory now, and waits.</summary>
    public void Added(HeldEvent held)
    {
        _all++;
        _bytes += held.Bytes;
        _waiting++;
        _waitingBytes += held.Bytes;
        Unacknowledged++;
    }

    /// <summary>An event is about to be in another state; none comes back to waiting.</summary>
    public void Moving(HeldEvent held, HeldState state)
    {
        if (held.State == HeldState.Waiting)
        {
            _waiting--;
            _waitingBytes -= held.Bytes;
        }

        Unacknowledged += (IsUnacknowledged(state) ? 1 : 0) - (IsUnacknowledged(held.State) ? 1 : 0);
        Sent += (state == HeldState.Sent ? 1 : 0) - (held.State == HeldState.Sent ? 1 : 0);
    }

    /// <summary>An event is no longer in memory.</summary>
    public void Removed(HeldEvent held)
    {
        _all--;
        _bytes -= held.Bytes;
    }

    private static bool IsUnacknowledged(HeldState state) => state is HeldState.Waiting or HeldState.Ready or HeldState.Sent;
}
