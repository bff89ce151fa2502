using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains;

/// <summary>The due tasks whose turn is first, as many as memory may hold; the others wait in the table.</summary>
/// <param name="capacity">Tasks at most. A task beyond it pushes out the one whose turn is last, never one that is more urgent.</param>
internal sealed class DueWindow(int capacity)
{
    private readonly SortedSet<(DateTimeOffset Order, long TaskId)> _byTurn = [];
    private readonly Dictionary<long, DateTimeOffset> _orders = [];

    public int Count => _byTurn.Count;

    /// <summary>Whether due tasks are known to wait in the table that are not here.</summary>
    public bool HasLeftOut { get; set; }

    /// <summary>Adds the task, or moves it to its new turn.</summary>
    /// <returns>Whether the task was not here before.</returns>
    public bool Add(QueuedTask task)
    {
        var isNew = !_orders.Remove(task.TaskId, out var before);
        if (!isNew)
            _byTurn.Remove((before, task.TaskId));
        _orders.Add(task.TaskId, task.Order);
        _byTurn.Add((task.Order, task.TaskId));
        if (_byTurn.Count > capacity)
        {
            Remove(_byTurn.Max);
            HasLeftOut = true;
        }

        return isNew;
    }

    /// <summary>Takes out the task whose turn it is.</summary>
    public bool TryTake(out long taskId)
    {
        var next = _byTurn.Min;
        taskId = next.TaskId;
        if (_byTurn.Count == 0)
            return false;
        Remove(next);
        return true;
    }

    private void Remove((DateTimeOffset Order, long TaskId) task)
    {
        _byTurn.Remove(task);
        _orders.Remove(task.TaskId);
    }
}
