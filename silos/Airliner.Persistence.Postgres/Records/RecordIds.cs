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
            var ids = new long[count];
            for (var i = 0; i < count; i++)
            {
                if (_block.Count == 0)
                    _block = await database.TakeIdsAsync(table, cancellationToken);
                ids[i] = _block.First;
                _block = new IdBlock(_block.First + 1, _block.Count - 1);
            }

            return ids;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
