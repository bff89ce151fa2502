using System.Text.Json;

namespace Airliner.Worker;

/// <summary>Runs one attempt at a task.</summary>
/// <param name="cancellation">Cancelled when the task was cancelled, its time is over, its lease was lost, or the worker stops: the attempt is to end soon.</param>
/// <returns>The task's result.</returns>
/// <exception cref="TaskFailedException">The attempt failed, for a reason that the task's owner is to read.</exception>
/// <exception cref="TaskNoRoomException">The worker has no room for it.</exception>
public delegate Task<JsonElement> TaskHandler(WorkItem item, CancellationToken cancellation);

/// <summary>One attempt at a task.</summary>
public sealed class WorkItem
{
    private readonly Action<int> _report;
    private int _reported;

    internal WorkItem(Tasks.V1.Lease lease, Action<int> report)
    {
        _report = report;
        (TaskId, Attempt, TaskType, UserId) = (lease.Lease_.TaskId, lease.Lease_.Attempt, lease.Type, lease.UserId);
        Parameters = JsonElement.Parse(lease.Parameters);
        Deadline = lease.Deadline.ToDateTimeOffset();
    }

    public long TaskId { get; }

    /// <summary>From 1, and higher than that of every attempt before: a fencing token for whatever the handler changes elsewhere.</summary>
    public int Attempt { get; }

    public string TaskType { get; }

    /// <summary>Whose task it is.</summary>
    public long UserId { get; }

    /// <summary>The task's <c>parameters</c>, a JSON object.</summary>
    public JsonElement Parameters { get; }

    /// <summary>When the attempt has to be over, by the silos' clock. The handler's token is cancelled then, whatever this machine's clock says.</summary>
    public DateTimeOffset Deadline { get; }

    /// <summary>Tells how far the attempt is. As often as is convenient, and from any thread: what is not above the last is not sent.</summary>
    /// <param name="percent">0–100.</param>
    public void ReportProgress(int percent)
    {
        percent = Math.Clamp(percent, 0, 100);
        for (var reported = Volatile.Read(ref _reported); percent > reported; reported = Volatile.Read(ref _reported))
        {
            if (Interlocked.CompareExchange(ref _reported, percent, reported) == reported)
            {
                _report(percent);
                return;
            }
        }
    }
}

/// <summary>An attempt failed.</summary>
/// <param name="message">Why, for the task's owner to read.</param>
/// <param name="retry">Whether another attempt may succeed.</param>
public sealed class TaskFailedException(string message, bool retry = false) : Exception(message)
{
    /// <summary>Whether another attempt may succeed.</summary>
    public bool Retry => retry;
}

/// <summary>The worker has no room for the task now: the attempt does not count, and another follows after some time, here or elsewhere.</summary>
/// <param name="lack">What there is no room for, for the task's owner to read.</param>
public sealed class TaskNoRoomException(string lack) : Exception(lack);

/// <summary>The worker cannot work, and trying again would not help.</summary>
public sealed class TaskWorkerException(string message, Exception? inner = null) : Exception(message, inner);
