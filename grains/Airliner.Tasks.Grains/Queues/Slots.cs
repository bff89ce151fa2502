using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Workers;

namespace Airliner.Tasks.Grains.Queues;

/// <summary>
/// The tasks of one type that hold a slot: from the moment that they are told to start, until they are known to have ended. A slot is given up for one of three reasons
/// alone, none of which can be wrong: the task itself said so; it was seen running and runs no more; or its start was told under an epoch that is over, and the table,
/// read since, does not show it.
/// </summary>
/// <param name="workers">Told which worker has which of them.</param>
internal sealed class Slots(WorkerSlots workers)
{
    /// <summary>How long a start may stay unseen in the table.</summary>
    private static readonly TimeSpan _startTakesAtMost = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long to wait before a task whose silo was lost is told once more to start; each time twice as long, up to <see cref="_startTakesAtMost"/>. What it was told and
    /// has had no time for waits at its grain, and where it comes faster than it is refused, nothing else gets its turn.
    /// </summary>
    private static readonly TimeSpan _startAgainAfter = TimeSpan.FromSeconds(2);

    private readonly Dictionary<long, Slot> _held = [];
    private readonly Dictionary<long, int> _users = [];

    public int Count => _held.Count;

    /// <summary>Tasks that were told to start and have not been seen running: in the table they may wait still.</summary>
    public long[] Starting => [.. _held.Where(held => held.Value.Epoch is not null).Select(held => held.Key)];

    /// <summary>How many the user holds.</summary>
    public int Of(long userId) => _users.GetValueOrDefault(userId);

    public bool Holds(long taskId) => _held.ContainsKey(taskId);

    /// <summary>Reserves a slot for a task that is told to start.</summary>
    /// <param name="worker">Who is to run it; null for the silo of the task's grain.</param>
    /// <returns>False where it has one.</returns>
    public bool TryReserve(QueuedTask task, long epoch, DateTimeOffset now, string? worker = null) =>
        TryHold(task.TaskId, new Slot(task.UserId, task.Attempts + 1, epoch, 1, now, _startAgainAfter), worker);

    /// <summary>An attempt has ended.</summary>
    /// <returns>Whose slot is free now; null where none is, for it was another attempt's.</returns>
    public long? Release(long taskId, int attempt) => _held.TryGetValue(taskId, out var slot) && slot.Attempt <= attempt ? Free(taskId, slot) : null;

    /// <summary>A start that was told under the epoch did not happen.</summary>
    /// <returns>Whose slot is free now; null where none is: it is another epoch's, or the task was told once more and may start yet.</returns>
    public long? GiveBack(long taskId, long epoch)
    {
        if (!_held.TryGetValue(taskId, out var slot) || slot.Epoch != epoch)
            return null;
        if (slot.Tells <= 1)
            return Free(taskId, slot);
        _held[taskId] = slot with { Tells = slot.Tells - 1 };
        return null;
    }

    /// <summary>A start that was told under the epoch did not happen, and the task still seems to run: it is told again.</summary>
    public void Keep(long taskId, long epoch)
    {
        if (_held.TryGetValue(taskId, out var slot) && slot.Epoch == epoch)
            _held[taskId] = slot with { Tells = slot.Tells - 1 };
    }

    /// <summary>Whether a start has stayed unseen for too long, so that only a new epoch can tell what became of it.</summary>
    public bool HasOverdueStart(DateTimeOffset now) => _held.Values.Any(slot => slot.Epoch is not null && now - slot.Since > _startTakesAtMost);

    /// <summary>Makes the slots what the table says.</summary>
    /// <param name="running">What runs, read since the epoch was taken.</param>
    /// <param name="outdated">Tasks that gave their slot up since that reading began.</param>
    /// <param name="isLost">Whether nobody runs a task that seems to run.</param>
    /// <returns>Whose slots are free now, and the lost tasks, which are to be told to start again.</returns>
    public (IReadOnlyList<long> Freed, IReadOnlyList<long> Lost) Settle(
        IReadOnlyList<TaskLease> running, IReadOnlySet<long> outdated, long epoch, DateTimeOffset now, Func<TaskLease, bool> isLost)
    {
        var seen = running.Select(lease => lease.TaskId).ToHashSet();
        List<long> freed = [.. _held.Where(held => !seen.Contains(held.Key) && (held.Value.Epoch is null || held.Value.Epoch < epoch))
            .ToList().Select(held => Free(held.Key, held.Value))];
        var lost = new List<long>();
        foreach (var lease in running.Where(lease => !outdated.Contains(lease.TaskId)))
        {
            var isNew = TryHold(lease.TaskId, new Slot(lease.UserId, lease.Attempt, null, 0, now, _startAgainAfter), LeaseNames.WorkerOf(lease.Owner));
            var slot = _held[lease.TaskId];
            if (!isLost(lease))
            {
                _held[lease.TaskId] = slot with { Epoch = null, Tells = 0, Attempt = lease.Attempt, Patience = _startAgainAfter };
            }
            else if (isNew || now - slot.Since >= slot.Patience)
            {
                // Between its lost attempt and the next it waits for a moment, which must not be taken for its end.
                var tells = slot.Epoch == epoch ? slot.Tells + 1 : 1;
                _held[lease.TaskId] = slot with { Epoch = epoch, Tells = tells, Since = now, Patience = isNew ? _startAgainAfter : Longer(slot.Patience) };
                lost.Add(lease.TaskId);
            }
        }

        return (freed, lost);
    }

    private static TimeSpan Longer(TimeSpan patience) => patience * 2 < _startTakesAtMost ? patience * 2 : _startTakesAtMost;

    private bool TryHold(long taskId, Slot slot, string? worker)
    {
        if (worker is not null)
            workers.Hold(taskId, worker);
        if (!_held.TryAdd(taskId, slot))
            return false;
        _users[slot.UserId] = Of(slot.UserId) + 1;
        return true;
    }

    private long Free(long taskId, Slot slot)
    {
        _held.Remove(taskId);
        workers.Release(taskId);
        if (Of(slot.UserId) is > 1 and var count)
            _users[slot.UserId] = count - 1;
        else
            _users.Remove(slot.UserId);
        return slot.UserId;
    }

    /// <param name="Attempt">The attempt that holds it, or the one before that.</param>
    /// <param name="Epoch">Under which the task was told to start; null once it was seen running.</param>
    /// <param name="Tells">How often under that epoch without an answer: each may still start it.</param>
    /// <param name="Since">When it was told so last.</param>
    /// <param name="Patience">How long it has from then.</param>
    private readonly record struct Slot(long UserId, int Attempt, long? Epoch, int Tells, DateTimeOffset Since, TimeSpan Patience);
}
