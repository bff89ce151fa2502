using System.Globalization;
using System.Threading.Channels;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Tasks.Grains.History;

namespace Airliner.Tasks.Silo.History;

/// <summary>
/// Those who wait for what happens to tasks. What this silo commits they are told at once; what others commit is found in the table, which is looked at a few
/// times a second, for all of them in one query. So a task may run and be watched in any two silos, and the one that is lost takes nothing along.
/// </summary>
internal sealed partial class TaskWatch(TaskHistoryTable table, TimeProvider time, ILogger<TaskWatch> log) : BackgroundService, ITaskWatch, ICommittedEvents
{
    private const int MostInOneQuery = 2000;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long one waits for news: well below the time in which the call has to be answered.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, List<Waiter>> _waiting = [];

    /// <summary>Those who came since the last look. One for whom there is no room is seen at the next.</summary>
    private readonly Channel<Waiter> _newcomers = Channel.CreateBounded<Waiter>(new BoundedChannelOptions(MostInOneQuery) { FullMode = BoundedChannelFullMode.DropWrite });

    private volatile bool _stopped;

    public async Task<bool> HasNewsAsync(long taskId, long after)
    {
        var waiter = new Waiter(taskId, after);
        Add(waiter);
        _newcomers.Writer.TryWrite(waiter);
        try
        {
            // A silo that stops lets go of its callers at once, and they come back until it is gone: not in a rush.
            await Task.WhenAny(waiter.News.Task, Task.Delay(_stopped ? _interval : _patience, time));
            return waiter.News.Task is { IsCompletedSuccessfully: true, Result: true };
        }
        finally
        {
            Remove(waiter);
        }
    }

    public void Committed(IReadOnlyList<OutboxEvent> events)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
                return;
            foreach (var raised in events)
            {
                // The key of a task's events is its id.
                if (_waiting.TryGetValue(long.Parse(raised.Key, CultureInfo.InvariantCulture), out var waiters))
                    waiters.FindAll(waiter => waiter.After < raised.Sequence).ForEach(waiter => waiter.News.TrySetResult(true));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(LookForNewcomersAsync(stoppingToken), LookForAllAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _stopped = true;
            foreach (var waiter in Waiting())
                waiter.News.TrySetResult(false);
        }
    }

    /// <summary>Something may have happened between a caller's last look and this one.</summary>
    private async Task LookForNewcomersAsync(CancellationToken cancellationToken)
    {
        while (await _newcomers.Reader.WaitToReadAsync(cancellationToken))
        {
            var newcomers = new List<Waiter>();
            while (newcomers.Count < MostInOneQuery && _newcomers.Reader.TryRead(out var newcomer))
                newcomers.Add(newcomer);
            await TryLookAsync(newcomers, cancellationToken);
        }
    }

    private async Task LookForAllAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var some in Waiting().Chunk(MostInOneQuery))
                await TryLookAsync(some, cancellationToken);
        }
    }

    private async Task TryLookAsync(IReadOnlyList<Waiter> waiters, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var place in await table.FindNewsAsync([.. waiters.Select(waiter => (waiter.TaskId, waiter.After))], cancellationToken))
                waiters[place].News.TrySetResult(true);
        }
        catch (StorageUnavailableException error)
        {
            // They wait on: the next look is soon.
            LogNotLooked(error.Message);
        }
    }

    private List<Waiter> Waiting()
    {
        lock (_lock)
            return [.. _waiting.Values.SelectMany(waiters => waiters)];
    }

    private void Add(Waiter waiter)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(waiter.TaskId, out var others))
                others.Add(waiter);
            else
                _waiting.Add(waiter.TaskId, [waiter]);
        }
    }

    private void Remove(Waiter waiter)
    {
        lock (_lock)
        {
            var waiters = _waiting[waiter.TaskId];
            waiters.Remove(waiter);
            if (waiters.Count == 0)
                _waiting.Remove(waiter.TaskId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Those who watch tasks wait without a look at the table: {Reason}")]
    private partial void LogNotLooked(string reason);

    private sealed class Waiter(long taskId, long after)
    {
        public long TaskId => taskId;

        public long After => after;

        public TaskCompletionSource<bool> News { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
