using System.Threading.Channels;
using Airliner.Contracts.Records;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>
/// One loop that takes all that has queued while the last batch was under way, so that batching costs no waiting: an item alone goes at
/// once, and the busier the loop, the larger the batch.
/// </summary>
/// <param name="name">What it reads or writes, for messages.</param>
/// <param name="run">Handles a batch, and completes each of its items; never throws.</param>
/// <param name="mayJoin">Whether an item may go into the batch that is being made; one that may not starts the next.</param>
internal sealed class BatchLoop<TItem>(string name, RecordOptions options, Func<List<TItem>, Task> run, Func<List<TItem>, TItem, bool> mayJoin)
    : IAsyncDisposable
{
    private readonly Channel<TItem> _queue = Channel.CreateBounded<TItem>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true });
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Queues an item; waits for room for a bounded time.</summary>
    /// <exception cref="StorageUnavailableException">There was no room.</exception>
    public ValueTask EnqueueAsync(TItem item) => _queue.Writer.TryWrite(item) ? ValueTask.CompletedTask : WaitForRoomAsync(item);

    /// <summary>Takes no more, and ends when what has queued is done.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async ValueTask WaitForRoomAsync(TItem item)
    {
        using var timeout = new CancellationTokenSource(options.EnqueueTimeout);
        try
        {
            await _queue.Writer.WriteAsync(item, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new StorageUnavailableException($"{name}: {options.QueueCapacity} operations wait already; nothing was written.");
        }
        catch (ChannelClosedException)
        {
            throw new StorageUnavailableException($"{name}: the store is stopping; nothing was written.");
        }
    }

    private async Task RunAsync()
    {
        var batch = new List<TItem>(options.MaxBatch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < options.MaxBatch && _queue.Reader.TryPeek(out var item) && mayJoin(batch, item))
            {
                batch.Add(item);
                _queue.Reader.TryRead(out _);
            }

            await run(batch);
            batch.Clear();
        }
    }
}
