using Airliner.Contracts.Records;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>Ids for new records of one table, for a silo that makes them itself. What is left of a block serves the next ones.</summary>
/// <param name="table">The table whose records the ids name.</param>
public sealed class RecordIds(IServiceDatabase database, string table) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private IdBlock _block;

    /// <summary>Takes some ids, in ascending order.</summary>
    /// <exception cref="StorageUnavailableException">The database is away.</exception>
    public async Task<long[]> TakeAsync(int count, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var ids = new List<long>(count);
            foreach (var block in (IdBlock[])[_block, .. await TakeBlocksAsync(count - _block.Count, cancellationToken)])
            {
                for (_block = block; ids.Count < count && _block.Count > 0; _block = new IdBlock(_block.First + 1, _block.Count - 1))
                    ids.Add(_block.First);
            }

            return [.. ids];
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Blocks with at least so many ids, by two questions at the most.</summary>
    private async Task<IReadOnlyList<IdBlock>> TakeBlocksAsync(int count, CancellationToken cancellationToken)
    {
        if (count <= 0)
            return [];
        var blocks = await database.TakeIdsUpToAsync(table, count, cancellationToken);
        return blocks.Sum(block => block.Count) < count ? [.. blocks, await database.TakeIdsAsync(table, cancellationToken)] : blocks;
    }
}
