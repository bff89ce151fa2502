using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Workers;

/// <summary>A worker's open stream, and what is on its way to it.</summary>
internal sealed class WorkerSession(Guid id, IReadOnlyList<WorkerCapacity> types, DateTimeOffset now)
{
    /// <summary>Leases and cancels on their way, at most; a lease beyond them is handed back.</summary>
    private const int MostMessages = 20_000;

    /// <summary>Characters of parameters that the gateway is told of at once: Orleans closes a connection between processes over a message of 100 MiB.</summary>
    private const int MostAtOnce = 8 << 20;

    /// <summary>How long a session counts as open without its gateway asking for news, which it does every few seconds.</summary>
    private static readonly TimeSpan _silentAtMost = TimeSpan.FromSeconds(10);

    private readonly Queue<object> _messages = new();
    private readonly HashSet<HeldLease> _leases = [];
    private TaskCompletionSource _news = NewNews();
    private long _seen;
    private long _shown;
    private DateTimeOffset _heardAt = now;
    private bool _takesNothing;

    public Guid Id => id;

    public IReadOnlyList<WorkerCapacity> Types => types;

    public bool IsTakenOver { get; private set; }

    /// <summary>Ends when there is something to tell.</summary>
    public Task News => _messages.Count > 0 || IsTakenOver ? Task.CompletedTask : _news.Task;

    public bool IsOpen(DateTimeOffset now) => !IsTakenOver && now - _heardAt < _silentAtMost;

    /// <summary>How many tasks of a type the worker runs at once.</summary>
    public int CapacityOf(WorkerCapacity type, DateTimeOffset now) => _takesNothing || !IsOpen(now) ? 0 : type.Tasks;

    /// <summary>The worker takes no more; what is on its way it still gets.</summary>
    public void Drain() => _takesNothing = true;

    public void TakeOver()
    {
        IsTakenOver = true;
        _news.TrySetResult();
    }

    /// <summary>Puts a lease on its way.</summary>
    /// <returns>False where nobody would get it.</returns>
    public bool Give(WorkerLease lease, DateTimeOffset now)
    {
        if (!IsOpen(now) || _messages.Count >= MostMessages)
            return false;
        if (_leases.Add(lease.Key))
            Tell(lease);
        return true;
    }

    public void Cancel(HeldLease lease)
    {
        if (_messages.Count < MostMessages)
            Tell(lease);
    }

    /// <summary>The gateway is there, and has had what it has seen.</summary>
    public void Hear(long seen, DateTimeOffset now)
    {
        _heardAt = now;
        Forget(seen);
    }

    /// <summary>What the gateway has not had, or the first of it where that is much. It is kept until the gateway says that it has, for the answer may be lost.</summary>
    public WorkerNews After(long seen, DateTimeOffset now)
    {
        Hear(seen, now);
        var told = new List<object>();
        var length = 0;
        foreach (var message in _messages)
        {
            if (length >= MostAtOnce)
                break;
            told.Add(message);
            length += message is WorkerLease lease ? lease.Parameters.Length : 0;
        }

        _shown = _seen + told.Count;
        return new WorkerNews(IsTakenOver ? SessionStatus.TakenOver : SessionStatus.Open, _shown, [.. told.OfType<WorkerLease>()], [.. told.OfType<HeldLease>()]);
    }

    /// <summary>Takes out the leases that no gateway was told of: where it is silent, nobody will be.</summary>
    public IReadOnlyList<WorkerLease> TakeUntold()
    {
        var messages = _messages.ToArray();
        var told = (int)Math.Max(0, _shown - _seen);
        _messages.Clear();
        foreach (var message in messages.Take(told))
            _messages.Enqueue(message);
        var untold = messages.Skip(told).OfType<WorkerLease>().ToList();
        _leases.ExceptWith(untold.Select(lease => lease.Key));
        return untold;
    }

    /// <summary>Ends the session.</summary>
    /// <returns>The leases that have not reached it.</returns>
    public IReadOnlyList<WorkerLease> End(long seen)
    {
        TakeOver();
        Forget(seen);
        return [.. _messages.OfType<WorkerLease>()];
    }

    private void Forget(long seen)
    {
        for (; _seen < seen && _messages.TryDequeue(out var message); _seen++)
        {
            if (message is WorkerLease lease)
                _leases.Remove(lease.Key);
        }
    }

    private void Tell(object message)
    {
        _messages.Enqueue(message);
        _news.TrySetResult();
        _news = NewNews();
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
