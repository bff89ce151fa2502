using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Outbox;
using Npgsql;
using Orleans.Storage;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>
/// Group commit: all writes to one table that have queued go in one statement, which commits by itself. A write that the database refuses for its
/// content fails alone: the batch is halved until the culprit stands alone.
/// </summary>
internal sealed class RecordWriter<TKey, TRecord> : IAsyncDisposable
    where TKey : notnull
    where TRecord : Record
{
    private readonly RecordTable<TKey, TRecord> _table;
    private readonly RecordStatements<TKey, TRecord> _statements;
    private readonly NpgsqlDataSource _database;
    private readonly IOutboxRelay _relay;
    private readonly BatchLoop<PendingWrite<TKey, TRecord>> _loop;
    private readonly HashSet<TKey> _keysInBatch = [];

    public RecordWriter(
        RecordTable<TKey, TRecord> table, RecordStatements<TKey, TRecord> statements, NpgsqlDataSource database, IOutboxRelay relay, RecordOptions options)
    {
        _table = table;
        _statements = statements;
        _database = database;
        _relay = relay;
        // One statement cannot write a row twice, so a second write to a key waits for the next batch.
        _loop = new(table.Name, options, CommitAsync, (batch, write) =>
        {
            if (batch.Count == 0)
                _keysInBatch.Clear();
            return _keysInBatch.Add(write.Key);
        });
    }

    public void Start() => _loop.Start();

    /// <summary>Writes the record; ends when it is durable.</summary>
    public async Task WriteAsync(PendingWrite<TKey, TRecord> write)
    {
        await _loop.EnqueueAsync(write);
        await write.Committed;
    }

    /// <summary>Inserts the records whose unique values are free, in one transaction, and says which.</summary>
    public async Task<IReadOnlySet<TKey>> InsertNewAsync(IReadOnlyList<PendingWrite<TKey, TRecord>> writes, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        try
        {
            var written = await ExecuteAsync(connection, _statements.InsertNew(writes, _relay.Owner), cancellationToken);
            Publish(writes, written);
            return written;
        }
        catch (Exception error) when (error is NpgsqlException or IOException)
        {
            throw PostgresErrors.ForBatch(error, _table.Name);
        }
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task CommitAsync(List<PendingWrite<TKey, TRecord>> batch)
    {
        RecordInstruments.Batch(_table.Name, batch.Count);
        NpgsqlConnection connection;
        try
        {
            connection = await OpenAsync(CancellationToken.None);
        }
        catch (StorageUnavailableException error)
        {
            foreach (var write in batch)
                write.Fail(error);
            return;
        }

        await using (connection)
            await CommitAsync(connection, batch);
    }

    private async Task CommitAsync(NpgsqlConnection connection, IReadOnlyList<PendingWrite<TKey, TRecord>> batch)
    {
        try
        {
            var written = await ExecuteAsync(connection, _statements.Write(batch, _relay.Owner), CancellationToken.None);
            Publish(batch, written);
            foreach (var write in batch)
            {
                if (written.Contains(write.Key))
                    write.Complete();
                else
                    write.Fail(new InconsistentStateException($"{_table.Subject(write.Key)} is no longer at version {write.ExpectedVersion}."));
            }
        }
        catch (PostgresException error) when (error.IsOfOneRow() && batch.Count == 1)
        {
            batch[0].Fail(error.ForRow(_table.Subject(batch[0].Key)));
        }
        catch (PostgresException error) when (error.IsOfOneRow())
        {
            var half = batch.Count / 2;
            await CommitAsync(connection, [.. batch.Take(half)]);
            await CommitAsync(connection, [.. batch.Skip(half)]);
        }
        catch (Exception error)
        {
            // The loop must outlive whatever a batch meets: every writer is told, and the next batch starts afresh, on a new connection.
            if (error is not PostgresException { Severity: "ERROR" })
                _database.Clear();
            var failure = PostgresErrors.ForBatch(error, _table.Name);
            foreach (var write in batch)
                write.Fail(failure);
        }
    }

    /// <summary>Hands the events of what was written to the relay, before any writer goes on.</summary>
    private void Publish(IReadOnlyList<PendingWrite<TKey, TRecord>> batch, IReadOnlySet<TKey> written)
    {
        List<OutboxEvent>? events = null;
        foreach (var write in batch)
        {
            if (write.Events.Count > 0 && written.Contains(write.Key))
                (events ??= []).AddRange(write.Events);
        }

        if (events is not null)
            _relay.Take(events);
    }

    private static async Task<IReadOnlySet<TKey>> ExecuteAsync(NpgsqlConnection connection, NpgsqlBatchCommand statement, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { statement } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var written = new HashSet<TKey>();
        while (await reader.ReadAsync(cancellationToken))
            written.Add(reader.GetFieldValue<TKey>(0));
        return written;
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _database.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or IOException)
        {
            throw new StorageUnavailableException($"{_table.Name}: no connection to the database ({error.Message}); nothing was written.");
        }
    }
}
