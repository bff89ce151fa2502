using Airliner.Tasks.Grains.Queues;
using Xunit;

namespace Airliner.Tasks.Tests.Doubles;

/// <summary>The table as the queues read it, which tells the test when a queue has.</summary>
internal sealed class WatchedQueueTable(IQueueTable table, Action read) : IQueueTable
{
    public Task<long> TakeEpochAsync(string taskType) => table.TakeEpochAsync(taskType);

    public Task<long?> AdvanceEpochAsync(string taskType, long from) => table.AdvanceEpochAsync(taskType, from);

    public Task<RunningTasks> FindRunningAsync(string taskType) => table.FindRunningAsync(taskType);

    public Task<IReadOnlyList<QueueSize>> MeasureAsync(DateTimeOffset now, string? taskType) => table.MeasureAsync(now, taskType);

    public async Task<DuePage> FindDueAsync(DueQuery query)
    {
        var due = await table.FindDueAsync(query);
        if (query.TaskType == TaskSilos.Type)
            read();
        return due;
    }
}

/// <summary>Counts the queue's readings of its table.</summary>
internal sealed class Readings
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add()
    {
        lock (_lock)
        {
            _count++;
            _next.TrySetResult();
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits for some readings more. The last of them began after what had been committed before the call.</summary>
    public async Task MoreAsync(int count)
    {
        int before;
        lock (_lock)
            before = _count;
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (_count >= before + count)
                    return;
                next = _next.Task;
            }

            await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }
}
