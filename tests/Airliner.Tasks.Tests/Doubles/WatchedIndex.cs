using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Xunit;

namespace Airliner.Tasks.Tests.Doubles;

/// <summary>The index, which tells the test when the queue has read it.</summary>
internal sealed class WatchedIndex(ITaskIndex index, Action read) : ITaskIndex
{
    public Task<Page<TaskView>> ListAsync(TaskFilter filter, PageRequest page) => index.ListAsync(filter, page);

    public Task<IReadOnlyList<TaskLease>> FindRunningAsync(string taskType) => index.FindRunningAsync(taskType);

    public async Task<IReadOnlyList<QueuedTask>> FindDueAsync(string taskType, DateTimeOffset before, int limit)
    {
        var due = await index.FindDueAsync(taskType, before, limit);
        if (taskType == TaskSilos.Type)
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
