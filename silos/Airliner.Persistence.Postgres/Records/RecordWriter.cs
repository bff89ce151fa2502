using System.Diagnostics;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Audit;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Storage;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>
/// Group commit: all writes to one table that have queued go in one statement, which commits by itself. A write that the database refuses for its
/// content fails alone: the batch is halved until the culprit stands alone.
/// </summary>
internal sealed partial class RecordWriter<TKey, TRecord> : IAsyncDisposable
    where TKey : notnull
    where TRecord : Record
{
    private readonly RecordTable<TKey, TRecord> _table;
    private readonly RecordStatements<TKey, TRecord> _statements;
    private readonly NpgsqlDataSource _database;
    private readonly IOutboxRelay _relay;
    private readonly DoubtfulEvents<TKey> _doubts;
    private readonly AuditChain? _audit;
    private readonly BatchLoop<PendingWrite<TKey, TRecord>> _loop;
    private readonly HashSet<TKey> _keysInBatch = [];
    private readonly RecordTraces _traces;
    private readonly ILogger _log;

    public RecordWriter(
        RecordTable<TKey, TRecord> table, RecordStatements<TKey, TRecord> statements, NpgsqlDataSource database, IOutboxRelay relay,
        DoubtfulEvents<TKey> doubts, AuditChain? audit, RecordOptions options, ILogger log)
    {
        _log = log;
        _table = table;
        _statements = statements;
        _database = database;
        _relay = relay;
        _doubts = doubts;
        _audit = audit;
        _traces = new("commit", table.Name);
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
        using var span = _traces.Start();
        try
        {
            if (span is not null)
                write = write with { Span = span };
            await _loop.EnqueueAsync(write);
            await write.Committed;
        }
        catch (Exception error)
        {
            span?.SetStatus(ActivityStatusCode.Error, error.GetType().Name);
            throw;
        }
    }

    /// <summary>Inserts the records whose unique values are free, in one transaction, and says which.</summary>
    public async Task<IReadOnlySet<TKey>> InsertNewAsync(IReadOnlyList<PendingWrite<TKey, TRecord>> writes, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        try
        {
            // Not cancelled once it is sent: its events would stay behind if it had been committed.
            var written = await ExecuteAsync(connection, _statements.InsertNew(writes, _relay.Owner), writes);
            Publish(writes, written);
            return written;
        }
        catch (Exception error) when (error.IsOfOneRow())
        {
            throw error.ForRow(_table.Name);
        }
        catch (Exception error)
        {
            if (error.LeavesOutcomeUnknown())
                DoubtOutcome(writes);
            LogFailed(_table.Name, writes.Count, error.Message);
            throw PostgresErrors.ForBatch(error, _table.Name);
        }
    }

    /// <summary>Deletes the row if it has this version.</summary>
    /// <param name="audit">What the audit log is to have of it.</param>
    public async Task<bool> DeleteAsync(TKey key, long version, IReadOnlyList<AuditDraft> audit)
    {
        await using var connection = await OpenAsync(CancellationToken.None);
        try
        {
            return await AuditedAsync(connection, audit, DeleteAsync, wasThere => wasThere ? audit : []);
        }
        catch (Exception error)
        {
            if (error.IsOfOneRow())
                throw error.ForRow(_table.Subject(key));
            LogFailed(_table.Name, 1, error.Message);
            throw PostgresErrors.ForBatch(error, _table.Name);
        }

        async Task<bool> DeleteAsync()
        {
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { _statements.Delete(key, version) } };
            return await batch.ExecuteNonQueryAsync() > 0;
        }
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private Task CommitAsync(List<PendingWrite<TKey, TRecord>> batch)
    {
        RecordInstruments.Batch(_table.Name, batch.Count, Stopwatch.GetElapsedTime(batch[0].QueuedAt));
        return CommitAsync((IReadOnlyList<PendingWrite<TKey, TRecord>>)batch);
    }

    private async Task CommitAsync(IReadOnlyList<PendingWrite<TKey, TRecord>> batch)
    {
        SharedWork.Begin(batch.Select(write => write.Span));
        try
        {
            // A connection for each try: a value that cannot be encoded breaks the one it was tried on.
            await using var connection = await OpenAsync(CancellationToken.None);
            var written = await ExecuteAsync(connection, _statements.Write(batch, _relay.Owner), batch);
            Publish(batch, written);
            foreach (var write in batch)
            {
                if (written.Contains(write.Key))
                    write.Complete();
                else
                    write.Fail(new InconsistentStateException($"{_table.Subject(write.Key)} is no longer at version {write.ExpectedVersion}."));
            }
        }
        catch (Exception error) when (error.IsOfOneRow() && batch.Count == 1)
        {
            batch[0].Fail(error.ForRow(_table.Subject(batch[0].Key)));
        }
        catch (Exception error) when (error.IsOfOneRow())
        {
            var half = batch.Count / 2;
            await CommitAsync([.. batch.Take(half)]);
            await CommitAsync([.. batch.Skip(half)]);
        }
        catch (Exception error)
        {
            // The loop must outlive whatever a batch meets: every writer is told, and the next batch starts afresh, on a new connection.
            if (error.LeavesOutcomeUnknown())
                DoubtOutcome(batch);
            LogFailed(_table.Name, batch.Count, error.Message);
            foreach (var write in batch)
                write.Fail(PostgresErrors.ForBatch(error, _table.Name));
        }
    }

    /// <summary>What may be committed although no answer came: its events must reach the relay if they are there.</summary>
    private void DoubtOutcome(IReadOnlyList<PendingWrite<TKey, TRecord>> batch)
    {
        _doubts.Add(batch);
        _database.Clear();
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

    private Task<IReadOnlySet<TKey>> ExecuteAsync(NpgsqlConnection connection, NpgsqlBatchCommand statement, IReadOnlyList<PendingWrite<TKey, TRecord>> writes) => _audit is null
        ? ExecuteAsync(connection, statement)
        : AuditedAsync(
            connection,
            [.. writes.SelectMany(write => write.Audit)],
            () => ExecuteAsync(connection, statement),
            written => [.. writes.Where(write => written.Contains(write.Key)).SelectMany(write => write.Audit)]);

    /// <summary>Makes the change; with its entries for the audit log in one transaction where there are any, else by its statement alone.</summary>
    private Task<T> AuditedAsync<T>(NpgsqlConnection connection, IReadOnlyList<AuditDraft> audit, Func<Task<T>> change, Func<T, IReadOnlyList<AuditDraft>> happened) =>
        audit.Count == 0 || _audit is null ? change() : _audit.CommitAsync(connection, audit, change, happened);

    private static async Task<IReadOnlySet<TKey>> ExecuteAsync(NpgsqlConnection connection, NpgsqlBatchCommand statement)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { statement } };
        await batch.PrepareAsync();
        await using var reader = await batch.ExecuteReaderAsync();
        var written = new HashSet<TKey>();
        while (await reader.ReadAsync())
            written.Add(reader.GetFieldValue<TKey>(0));
        return written;
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _database.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new StorageUnavailableException($"{_table.Name}: no connection to the database ({error.Message}); nothing was written.");
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Table}: {Count} writes failed: {Reason}")]
    private partial void LogFailed(string table, int count, string reason);
}
