namespace Airliner.Tasks.Grains.Workers;

/// <summary>Where among the workers the next task of a type may run: what each has offered, less what it runs.</summary>
/// <remarks>An offer is the whole capacity and not what is free, so that one which is lost, or comes twice, counts nothing wrong.</remarks>
internal sealed class WorkerSlots
{
    private readonly Dictionary<string, (int Capacity, DateTimeOffset Until)> _offers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> _held = [];

    /// <summary>Those that may have room, in the order of their turns; each once, which the set is for.</summary>
    private readonly Queue<string> _turns = new();
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);

    /// <summary>A worker can run so many tasks at once until then, those that it runs already among them; 0 for none.</summary>
    public void Set(string worker, int capacity, DateTimeOffset until)
    {
        _offers[worker] = (capacity, until);
        TakeTurns(worker);
    }

    /// <summary>The worker whose turn it is among those with room; null where none has any.</summary>
    public string? Next(DateTimeOffset now)
    {
        while (_turns.TryPeek(out var worker))
        {
            if (HasRoom(worker, now))
                return worker;
            _waiting.Remove(_turns.Dequeue());
        }

        return null;
    }

    /// <summary>The worker runs the task, or is about to.</summary>
    public void Hold(long taskId, string worker)
    {
        if (_held.TryGetValue(taskId, out var before) && before == worker)
            return;
        Release(taskId);
        _held.Add(taskId, worker);
        _used[worker] = Used(worker) + 1;
        if (_turns.TryPeek(out var next) && next == worker)
            _turns.Enqueue(_turns.Dequeue());
    }

    /// <summary>Nobody runs the task any more.</summary>
    public void Release(long taskId)
    {
        if (!_held.Remove(taskId, out var worker))
            return;
        if (Used(worker) > 1)
            _used[worker]--;
        else
            _used.Remove(worker);
        TakeTurns(worker);
    }

    private int Used(string worker) => _used.GetValueOrDefault(worker);

    private bool HasRoom(string worker, DateTimeOffset now)
    {
        if (!_offers.TryGetValue(worker, out var offer))
            return false;
        if (offer.Until > now && offer.Capacity > 0)
            return Used(worker) < offer.Capacity;
        _offers.Remove(worker);
        return false;
    }

    private void TakeTurns(string worker)
    {
        if (_offers.ContainsKey(worker) && _waiting.Add(worker))
            _turns.Enqueue(worker);
    }
}
