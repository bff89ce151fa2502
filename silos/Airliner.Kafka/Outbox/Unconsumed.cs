using Confluent.Kafka;

namespace Airliner.Kafka.Outbox;

/// <summary>What a broker that forgets has and the groups of this process have not had their effect of: its rows stay.</summary>
internal sealed class Unconsumed : IDisposable
{
    private readonly ConsumptionProgress _progress;
    private readonly HeldEvents _held;
    private readonly Action<HeldEvent> _consumed;
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, SortedList<long, HeldEvent>> _acknowledged = [];

    /// <param name="consumed">Called with what every group is past.</param>
    public Unconsumed(ConsumptionProgress progress, HeldEvents held, Action<HeldEvent> consumed)
    {
        (_progress, _held, _consumed) = (progress, held, consumed);
        progress.Advanced += Release;
        progress.Skipped += SendAgain;
    }

    /// <summary>The broker has it at its position.</summary>
    public void Add(HeldEvent acknowledged)
    {
        var position = acknowledged.Position!;
        if (!_progress.IsConsumed(position.Topic))
        {
            _consumed(acknowledged);
            return;
        }

        lock (_gate)
        {
            if (!_acknowledged.TryGetValue(position.TopicPartition, out var offsets))
                _acknowledged[position.TopicPartition] = offsets = [];
            offsets[position.Offset.Value] = acknowledged;
        }

        // A consumer may have been faster than the acknowledgement.
        Release(position.TopicPartition);
    }

    public void Dispose()
    {
        _progress.Advanced -= Release;
        _progress.Skipped -= SendAgain;
    }

    private void Release(TopicPartition partition)
    {
        foreach (var held in Remove(partition, long.MinValue, _progress.Consumed(partition)))
            _consumed(held);
    }

    private void SendAgain(TopicPartition partition, long from, long to)
    {
        var dropped = Remove(partition, from, to);
        if (dropped.Count > 0)
            _held.Dropped(dropped);
    }

    private List<HeldEvent> Remove(TopicPartition partition, long from, long to)
    {
        var removed = new List<HeldEvent>();
        lock (_gate)
        {
            if (!_acknowledged.TryGetValue(partition, out var offsets))
                return removed;
            var first = 0;
            while (first < offsets.Count && offsets.Keys[first] < from)
                first++;
            var end = first;
            while (end < offsets.Count && offsets.Keys[end] < to)
                removed.Add(offsets.Values[end++]);
            // From the back: what is removed from the front of a list moves all the rest each time.
            for (var i = end - 1; i >= first; i--)
                offsets.RemoveAt(i);
        }

        return removed;
    }
}
