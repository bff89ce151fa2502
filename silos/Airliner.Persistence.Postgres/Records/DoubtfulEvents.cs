using System.Collections.Concurrent;
using System.Diagnostics;
using Airliner.Contracts.Records;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>
/// Events of writes whose outcome is not known, because the connection was lost before the answer. If they are in the outbox they are this silo's
/// own, so nobody else publishes them, yet its relay was never given them: a read looks for them, and hands them over.
/// </summary>
internal sealed class DoubtfulEvents<TKey>
    where TKey : notnull
{
    /// <summary>A server may commit what it was sent a while after the connection was lost: longer than a command's timeout.</summary>
    private static readonly TimeSpan _lookedForAtLeast = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, (TKey Key, long Since)> _events = new();

    /// <summary>The entities with such events.</summary>
    public IReadOnlyCollection<TKey> Keys => _events.IsEmpty ? [] : _events.Values.Select(doubt => doubt.Key).ToHashSet();

    public void Add<TRecord>(IEnumerable<PendingWrite<TKey, TRecord>> writes)
        where TRecord : Record
    {
        var now = Stopwatch.GetTimestamp();
        foreach (var write in writes)
        {
            foreach (var raised in write.Events)
                _events[raised.EventId] = (write.Key, now);
        }
    }

    /// <summary>The ids of the events to look for while these entities are read.</summary>
    public Guid[] Of(IReadOnlyCollection<TKey> keys)
    {
        if (_events.IsEmpty)
            return [];
        var read = keys.ToHashSet();
        return [.. _events.Where(doubt => read.Contains(doubt.Value.Key)).Select(doubt => doubt.Key)];
    }

    /// <summary>Forgets those of <paramref name="lookedFor"/> that were found, and those that were looked for long enough.</summary>
    public void Settle(IEnumerable<Guid> lookedFor, IReadOnlySet<Guid> found)
    {
        foreach (var id in lookedFor)
        {
            if (found.Contains(id) || (_events.TryGetValue(id, out var doubt) && Stopwatch.GetElapsedTime(doubt.Since) > _lookedForAtLeast))
                _events.TryRemove(id, out _);
        }
    }
}
