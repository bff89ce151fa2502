using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Outbox;
using Npgsql;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>
/// Batched reads: all activations that have queued read their rows in one round trip. With a row come the entity's events that are not published
/// yet; they become this silo's and go to its relay before the grain can raise another, so an entity's events stay in order across a crash.
/// </summary>
internal sealed class RecordLookup<TKey, TRecord> : IAsyncDisposable
    where TKey : notnull
    where TRecord : Record
{
    private readonly RecordTable<TKey, TRecord> _table;
    private readonly RecordStatements<TKey, TRecord> _statements;
    private readonly NpgsqlDataSource _database;
    private readonly IOutboxRelay _relay;
    private readonly BatchLoop<Pending> _loop;

    public RecordLookup(
        RecordTable<TKey, TRecord> table, RecordStatements<TKey, TRecord> statements, NpgsqlDataSource database, IOutboxRelay relay, RecordOptions options)
    {
        _table = table;
        _statements = statements;
        _database = database;
        _relay = relay;
        _loop = new(table.Name, options, ReadAsync, (_, _) => true);
    }

    public void Start() => _loop.Start();

    /// <summary>The record, null where there is none.</summary>
    public async Task<StoredRecord<TKey, TRecord>?> ReadAsync(TKey key)
    {
        var pending = new Pending(key);
        await _loop.EnqueueAsync(pending);
        return await pending.Found.Task;
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task ReadAsync(List<Pending> batch)
    {
        try
        {
            var found = await ReadAsync([.. batch.Select(pending => pending.Key).Distinct()]);
            foreach (var pending in batch)
                pending.Found.TrySetResult(found.GetValueOrDefault(pending.Key));
        }
        catch (Exception error)
        {
            // The loop must outlive whatever a batch meets; a read that failed has changed nothing.
            var failure = new StorageUnavailableException($"{_table.Name}: the database cannot be read ({error.Message}).");
            foreach (var pending in batch)
                pending.Found.TrySetException(failure);
        }
    }

    private async Task<Dictionary<TKey, StoredRecord<TKey, TRecord>>> ReadAsync(TKey[] keys)
    {
        await using var batch = _database.CreateBatch();
        batch.BatchCommands.Add(_statements.Read(keys));
        batch.BatchCommands.Add(_statements.LeftEvents(keys, _relay.Owner));
        await using var reader = await batch.ExecuteReaderAsync();

        var found = new Dictionary<TKey, StoredRecord<TKey, TRecord>>(keys.Length);
        while (await reader.ReadAsync())
        {
            var record = _table.Read(reader);
            found[record.Key] = record;
        }

        await reader.NextResultAsync();
        List<OutboxEvent>? left = null;
        while (await reader.ReadAsync())
            (left ??= []).Add(OutboxTable.Read(reader));
        if (left is not null)
            _relay.Take(left);
        return found;
    }

    private sealed record Pending(TKey Key)
    {
        public TaskCompletionSource<StoredRecord<TKey, TRecord>?> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
