using System.Threading.Channels;
using Airliner.Contracts.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>
/// Those who wait for what is written to a table. What this silo commits they can be told at once; what others commit is found in the table, which is looked at a
/// few times a second, for all of them in one query, and not at all while nobody waits. So whatever silo is lost takes nothing along.
/// </summary>
/// <typeparam name="TPosition">Up to where somebody knows what there is.</typeparam>
public abstract partial class TableWatch<TPosition>(TimeProvider time, ILogger log) : BackgroundService
    where TPosition : struct
{
    private const int MostInOneQuery = 2000;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long one waits for news: well below the time in which the call has to be answered.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, List<Waiter>> _waiting = [];

    /// <summary>Those for whom to look at once. One for whom there is no room is seen at the next look for all.</summary>
    private readonly Channel<Waiter> _urgent = Channel.CreateBounded<Waiter>(new BoundedChannelOptions(MostInOneQuery) { FullMode = BoundedChannelFullMode.DropWrite });

    private volatile bool _stopped;

    /// <summary>Whether there is news of what a key stands for: at once where there is, else after some seconds of nothing.</summary>
    /// <param name="key">Whose or what's rows.</param>
    /// <param name="after">What is known.</param>
    public async Task<bool> HasNewsAsync(long key, TPosition after)
    {
        var waiter = new Waiter(key, after);
        Add(waiter);
        // Something may have happened between a caller's last look and this one.
        _urgent.Writer.TryWrite(waiter);
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

    /// <summary>Of which of those there is news: their places in the list.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    protected abstract Task<IReadOnlyList<int>> FindNewsAsync(IReadOnlyList<(long Key, TPosition After)> known, CancellationToken cancellationToken);

    /// <summary>Tells those who wait for news of the keys, as far as they do not know it. Returns at once.</summary>
    /// <param name="isNews">Whether it is news to one who knows that much.</param>
    protected void Tell<TItem>(IReadOnlyList<TItem> items, Func<TItem, long> key, Func<TItem, TPosition, bool> isNews) =>
        ForEachWaiter(items, key, (item, waiter) =>
        {
            if (isNews(item, waiter.After))
                waiter.News.TrySetResult(true);
        });

    /// <summary>Has the table looked at once for those who wait for news of the keys. Returns at once.</summary>
    protected void LookFor<TItem>(IReadOnlyList<TItem> items, Func<TItem, long> key) => ForEachWaiter(items, key, (_, waiter) => _urgent.Writer.TryWrite(waiter));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(LookForUrgentAsync(stoppingToken), LookForAllAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _stopped = true;
            foreach (var waiter in Waiting())
                waiter.News.TrySetResult(false);
        }
    }

    private async Task LookForUrgentAsync(CancellationToken cancellationToken)
    {
        while (await _urgent.Reader.WaitToReadAsync(cancellationToken))
        {
            var urgent = new List<Waiter>();
            while (urgent.Count < MostInOneQuery && _urgent.Reader.TryRead(out var waiter))
                urgent.Add(waiter);
            await TryLookAsync(urgent, cancellationToken);
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
            foreach (var place in await FindNewsAsync([.. waiters.Select(waiter => (waiter.Key, waiter.After))], cancellationToken))
                waiters[place].News.TrySetResult(true);
        }
        catch (StorageUnavailableException error)
        {
            // They wait on: the next look is soon.
            LogNotLooked(log, error.Message);
        }
    }

    private void ForEachWaiter<TItem>(IReadOnlyList<TItem> items, Func<TItem, long> key, Action<TItem, Waiter> act)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
                return;
            foreach (var item in items)
            {
                if (_waiting.TryGetValue(key(item), out var waiters))
                    waiters.ForEach(waiter => act(item, waiter));
            }
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
            if (_waiting.TryGetValue(waiter.Key, out var others))
                others.Add(waiter);
            else
                _waiting.Add(waiter.Key, [waiter]);
        }
    }

    private void Remove(Waiter waiter)
    {
        lock (_lock)
        {
            var waiters = _waiting[waiter.Key];
            waiters.Remove(waiter);
            if (waiters.Count == 0)
                _waiting.Remove(waiter.Key);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Those who watch wait without a look at the table: {Reason}")]
    private static partial void LogNotLooked(ILogger log, string reason);

    private sealed class Waiter(long key, TPosition after)
    {
        public long Key => key;

        public TPosition After => after;

        public TaskCompletionSource<bool> News { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
