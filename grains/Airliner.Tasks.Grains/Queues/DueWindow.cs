using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Queues;

/// <summary>
/// The due tasks that memory holds of one type; the others wait in the table. Users take turns: of those whose first task is the most urgent, who has waited longest
/// for a turn is next, however many tasks the others have.
/// </summary>
/// <param name="capacity">Tasks at most. Beyond it the last task of the user who has most is left out.</param>
/// <param name="mayStart">Whether the user may start one more. Who may not is passed over until <see cref="Resume"/>.</param>
internal sealed class DueWindow(int capacity, Func<long, bool> mayStart)
{
    private readonly Dictionary<long, QueuedTask> _tasks = [];
    private readonly Dictionary<long, WaitingUser> _users = [];
    private readonly SortedSet<(int Count, long UserId)> _sizes = [];
    private readonly HashSet<WaitingUser> _heldBack = [];
    private readonly SortedSet<(DateTimeOffset At, long UserId)> _rises = [];

    /// <summary>The users by urgency, who waits longest first.</summary>
    private readonly LinkedList<WaitingUser>[] _turns = [.. Enumerable.Range(0, Urgency.Highest + 1).Select(_ => new LinkedList<WaitingUser>())];

    public int Count => _tasks.Count;

    /// <summary>Tasks of users who may start one.</summary>
    public int Ready { get; private set; }

    /// <summary>Whether due tasks are known to wait in the table that are not here.</summary>
    public bool HasLeftOut { get; set; }

    /// <summary>Adds the task, or moves it to its new turn.</summary>
    /// <returns>Whether the task was not here before and its user may start one.</returns>
    public bool Add(QueuedTask task, DateTimeOffset now)
    {
        var isNew = !_tasks.TryGetValue(task.TaskId, out var before);
        if (!isNew)
            Forget(before);
        // The table knows the task again and again, and not who made it due.
        task = task with { TraceParent = task.TraceParent ?? before.TraceParent };
        _tasks.Add(task.TaskId, task);
        if (!_users.TryGetValue(task.UserId, out var user))
            _users.Add(task.UserId, user = new WaitingUser(task.UserId));
        user.Add(task);
        Resized(user, user.Count - 1);
        Place(user, now);
        if (Count > capacity)
            LeaveOneOut(now);
        return isNew && !user.IsHeldBack;
    }

    /// <summary>Takes out the task whose turn it is; its user waits behind the others for the next.</summary>
    public bool TryTake(DateTimeOffset now, out QueuedTask task)
    {
        Rise(now);
        for (var urgency = Urgency.Highest; urgency >= 0; urgency--)
        {
            while (_turns[urgency].First is { Value: var user })
            {
                if (!mayStart(user.UserId))
                {
                    HoldBack(user);
                    continue;
                }

                task = user.First;
                TakeTurnFrom(user);
                Remove(task, now);
                return true;
            }
        }

        task = default;
        return false;
    }

    /// <summary>The user may have become able to start a task again.</summary>
    public void Resume(long userId, DateTimeOffset now)
    {
        if (_users.TryGetValue(userId, out var user) && user.IsHeldBack)
            Place(user, now);
    }

    /// <summary>Takes out a task for good.</summary>
    private void Remove(QueuedTask task, DateTimeOffset now)
    {
        var user = _users[task.UserId];
        Forget(task);
        if (user.Count > 0)
            Place(user, now);
        else
            Leave(user);
    }

    private void Forget(QueuedTask task)
    {
        _tasks.Remove(task.TaskId);
        var user = _users[task.UserId];
        user.Remove(task);
        Resized(user, user.Count + 1);
    }

    private void Resized(WaitingUser user, int before)
    {
        _sizes.Remove((before, user.UserId));
        if (user.Count > 0)
            _sizes.Add((user.Count, user.UserId));
        if (!user.IsHeldBack)
            Ready += user.Count - before;
    }

    /// <summary>Puts the user behind those whose first task is as urgent; who is among them already stays in place.</summary>
    private void Place(WaitingUser user, DateTimeOffset now)
    {
        if (user.IsHeldBack && !mayStart(user.UserId))
        {
            _heldBack.Add(user);
            return;
        }

        var order = user.First.Order;
        var urgency = Urgency.Of(order, now);
        if (user.IsHeldBack || urgency != user.Urgency)
        {
            TakeTurnFrom(user);
            user.Urgency = urgency;
            _heldBack.Remove(user);
            _turns[urgency].AddLast(user.Node);
            Ready += user.Count;
        }

        SetRise(user, Urgency.RisesAt(order, urgency));
    }

    private void HoldBack(WaitingUser user)
    {
        TakeTurnFrom(user);
        SetRise(user, null);
        _heldBack.Add(user);
    }

    private void Leave(WaitingUser user)
    {
        TakeTurnFrom(user);
        SetRise(user, null);
        _heldBack.Remove(user);
        _users.Remove(user.UserId);
    }

    private void TakeTurnFrom(WaitingUser user)
    {
        if (user.IsHeldBack)
            return;
        user.Node.List!.Remove(user.Node);
        Ready -= user.Count;
    }

    private void SetRise(WaitingUser user, DateTimeOffset? at)
    {
        if (user.RisesAt is { } before)
            _rises.Remove((before, user.UserId));
        user.RisesAt = at;
        if (at is { } next)
            _rises.Add((next, user.UserId));
    }

    private void Rise(DateTimeOffset now)
    {
        while (_rises.Count > 0 && _rises.Min is var (at, userId) && at <= now)
            Place(_users[userId], now);
    }

    /// <summary>Who has most gives way. Where nobody has more than one: who may start none, else the last of the least urgent.</summary>
    private void LeaveOneOut(DateTimeOffset now)
    {
        var (most, userId) = _sizes.Max;
        var user = most > 1 ? _users[userId] : _heldBack.FirstOrDefault() ?? _turns.First(users => users.Count > 0).Last!.Value;
        Remove(user.Last, now);
        HasLeftOut = true;
    }
}
