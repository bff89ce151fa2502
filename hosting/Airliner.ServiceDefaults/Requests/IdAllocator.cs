using Airliner.Contracts.Records;
using Airliner.ServiceDefaults.Cluster;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>
/// Gives a gateway ids for what it is about to create, so that a create is named before its first try and a retry means the same one. Ids come in blocks;
/// what a stopped gateway has not used stays a gap.
/// </summary>
/// <param name="table">The table whose records the ids name.</param>
public sealed class IdAllocator<TGrain>(GrainCalls calls, string table) : IDisposable
    where TGrain : IIdBlocks
{
    private readonly SemaphoreSlim _refill = new(1);
    private Block _block = new(0, 0);

    public async ValueTask<long> NextAsync()
    {
        while (true)
        {
            var block = Volatile.Read(ref _block);
            if (block.TryTake() is { } id)
                return id;
            await RefillAsync(block);
        }
    }

    /// <summary>Takes many at once, in ascending order: whole blocks by one call, and the rest from the block in use.</summary>
    public async Task<long[]> NextAsync(int count)
    {
        var ids = new List<long>(count);
        foreach (var block in await calls.Call(grains => grains.GetGrain<TGrain>(table).TakeUpTo(count)))
            ids.AddRange(Enumerable.Range(0, block.Count).Select(index => block.First + index));
        while (ids.Count < count)
            ids.Add(await NextAsync());
        ids.Sort();
        return [.. ids];
    }

    public void Dispose() => _refill.Dispose();

    private async Task RefillAsync(Block spent)
    {
        await _refill.WaitAsync();
        try
        {
            if (ReferenceEquals(spent, _block))
            {
                var taken = await calls.Call(grains => grains.GetGrain<TGrain>(table).Take());
                Volatile.Write(ref _block, new Block(taken.First, taken.Count));
            }
        }
        finally
        {
            _refill.Release();
        }
    }

    private sealed class Block(long first, int count)
    {
        private int _used = -1;

        public long? TryTake() => Interlocked.Increment(ref _used) is var index && index < count && index >= 0 ? first + index : null;
    }
}
