namespace Airliner.Tasks.Silo.Execution;

/// <summary>
/// The threads on which handlers work, also after each of their awaits. As many as handlers work at once, which the queues bound. On the pool's threads, as
/// many as there are cores, some long sorts would keep the silo's own work waiting until the other silos take it for dead.
/// </summary>
internal sealed class HandlerThreads : TaskScheduler
{
    private static readonly TimeSpan _idleTime = TimeSpan.FromSeconds(10);

    [ThreadStatic]
    private static bool _isOurs;

    private readonly Queue<Task> _queue = new();
    private int _idle;

    /// <summary>Runs a handler from its first step on.</summary>
    public Task<T> Run<T>(Func<Task<T>> handler) =>
        Task.Factory.StartNew(handler, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        lock (_queue)
        {
            _queue.Enqueue(task);
            if (_queue.Count > _idle)
                new Thread(Work) { IsBackground = true, Name = "Task handler" }.Start();
            else
                Monitor.Pulse(_queue);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => _isOurs && !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_queue)
            return [.. _queue];
    }

    private void Work()
    {
        _isOurs = true;
        while (Next() is { } task)
            TryExecuteTask(task);
    }

    private Task? Next()
    {
        lock (_queue)
        {
            _idle++;
            while (_queue.Count == 0)
            {
                if (!Monitor.Wait(_queue, _idleTime) && _queue.Count == 0)
                    break;
            }

            _idle--;
            _queue.TryDequeue(out var task);
            return task;
        }
    }
}
