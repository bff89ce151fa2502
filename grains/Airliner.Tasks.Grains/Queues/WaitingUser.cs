using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Queues;

/// <summary>A user whose tasks wait in the window, in the order of their turns.</summary>
internal sealed class WaitingUser
{
    private readonly SortedSet<QueuedTask> _tasks = new(Comparer<QueuedTask>.Create(
        (a, b) => a.Order.CompareTo(b.Order) is not 0 and var byOrder ? byOrder : a.TaskId.CompareTo(b.TaskId)));

    public WaitingUser(long userId)
    {
        UserId = userId;
        Node = new(this);
    }

    public long UserId { get; }

    /// <summary>The user's place among those who take turns; in no list while the user may start nothing more.</summary>
    public LinkedListNode<WaitingUser> Node { get; }

    /// <summary>How urgent the first task is, which says among whom the user takes turns.</summary>
    public int Urgency { get; set; }

    /// <summary>When the first task becomes more urgent.</summary>
    public DateTimeOffset? RisesAt { get; set; }

    public int Count => _tasks.Count;

    public QueuedTask First => _tasks.Min;

    public QueuedTask Last => _tasks.Max;

    public bool IsHeldBack => Node.List is null;

    public void Add(QueuedTask task) => _tasks.Add(task);

    public void Remove(QueuedTask task) => _tasks.Remove(task);
}
