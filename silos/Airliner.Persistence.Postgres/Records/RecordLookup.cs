using System.Collections.Concurrent;
using System.Diagnostics;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>
/// Batched reads: all activations that have queued read their rows in one round trip. With a row come the entity's events that are not published
/// yet; they become this silo's and go to its relay before the grain can raise another, so an entity's events stay in order across a crash.
/// </summary>
internal sealed partial class RecordLookup<TKey, TRecord> : IAsyncDisposable
    where TKey : notnull
    where TRecord : Record
{
    private const int MostTries = 5;

    private static readonly TimeSpan _settleInterval = TimeSpan.FromSeconds(1);

    private readonly RecordTable<TKey, TRecord> _table;
    private readonly RecordStatements<TKey, TRecord> _statements;
    private readonly NpgsqlDataSource _database;
    private readonly IOutboxRelay _relay;
    private readonly DoubtfulEvents<TKey> _doubts;
    private readonly BatchLoop<Pending> _loop;
    private readonly RecordTraces _traces;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Keys of reads that failed: the left events of these may be this silo's already, without its relay having had them.</summary>
    private readonly ConcurrentDictionary<TKey, bool> _unsure = new();

    private Task _settling = Task.CompletedTask;

    public RecordLookup(
        RecordTable<TKey, TRecord> table, RecordStatements<TKey, TRecord> statements, NpgsqlDataSource database, IOutboxRelay relay,
        DoubtfulEvents<TKey> doubts, RecordOptions options, ILogger log)
    {
        _log = log;
        _table = table;
        _statements = statements;
        _database = database;
        _relay = relay;
        _doubts = doubts;
        _traces = new("read", table.Name);
        _loop = new(table.Name, options, ReadAsync, (_, _) => true);
    }

    public void Start()
    {
        _loop.Start();
        _settling = Task.Run(SettleAsync);
    }

    /// <summary>The record, null where there is none.</summary>
    public async Task<StoredRecord<TKey, TRecord>?> ReadAsync(TKey key)
    {
        using var span = _traces.Start();
        var pending = new Pending(key, span);
        await _loop.EnqueueAsync(pending);
        return await pending.Found.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _settling;
        await _loop.DisposeAsync();
    }

    /// <summary>Reads entities whose events are in doubt although nobody asks for them, until it is known whether these are there.</summary>
    private async Task SettleAsync()
    {
        using var timer = new PeriodicTimer(_settleInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                Task reads = Task.WhenAll(_doubts.Keys.Select(ReadAsync));
                // One that fails is read again at the next tick.
                await reads.WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (OperationCanceledException)
        {
            // The store stops; what is left is adopted like any events of a silo that is gone.
        }
    }

    private async Task ReadAsync(IReadOnlyList<Pending> batch)
    {
        SharedWork.Begin(batch.Select(pending => pending.Span));
        try
        {
            var found = await ReadAsync([.. batch.Select(pending => pending.Key).Distinct()]);
            foreach (var pending in batch)
                pending.Found.TrySetResult(found.GetValueOrDefault(pending.Key));
        }
        catch (Exception error) when (error.IsOfOneRow() && batch.Count > 1)
        {
            // A key that the database does not take, or a row that cannot be read, must not keep the others from theirs.
            var half = batch.Count / 2;
            await ReadAsync([.. batch.Take(half)]);
            await ReadAsync([.. batch.Skip(half)]);
        }
        catch (Exception error)
        {
            // The loop must outlive whatever a batch meets.
            if (!error.IsOfOneRow())
                LogFailed(_table.Name, batch.Count, error.Message);
            foreach (var pending in batch)
            {
                pending.Found.TrySetException(error.IsOfOneRow()
                    ? error.ForRow(_table.Subject(pending.Key))
                    : new StorageUnavailableException($"{_table.Name}: the database cannot be read ({error.Message})."));
            }
        }
    }

    private async Task<Dictionary<TKey, StoredRecord<TKey, TRecord>>> ReadAsync(TKey[] keys)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ReadOnceAsync(keys);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.DeadlockDetected && tries < MostTries)
            {
                // Whoever deletes or adopts events of these entities took their rows in another order, and has gone on; nothing of this read is done.
            }
        }
    }

    private async Task<Dictionary<TKey, StoredRecord<TKey, TRecord>>> ReadOnceAsync(TKey[] keys)
    {
        var doubtful = _doubts.Of(keys);
        await using var connection = await _database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(RecordStatements<TKey, TRecord>.PlannedOnce());
        batch.BatchCommands.Add(_statements.Read(keys));
        batch.BatchCommands.Add(_statements.LeftEvents(keys, _relay.Owner, doubtful, keys.Where(_unsure.ContainsKey)));
        await batch.PrepareAsync();
        var added = keys.Where(key => _unsure.TryAdd(key, true)).ToArray();
        await using var reader = await ExecuteAsync(batch, added);

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
        foreach (var key in keys)
            _unsure.TryRemove(key, out _);
        if (doubtful.Length > 0)
            _doubts.Settle(doubtful, (left ?? []).Select(e => e.EventId).ToHashSet());
        return found;
    }

    private async Task<NpgsqlDataReader> ExecuteAsync(NpgsqlBatch batch, TKey[] added)
    {
        NpgsqlDataReader? reader = null;
        try
        {
            reader = await batch.ExecuteReaderAsync();
            // Past the settings: what is wrong with the keys is said by the read itself.
            await reader.NextResultAsync();
            return reader;
        }
        catch (PostgresException)
        {
            // What the server refuses it has not done.
            foreach (var key in added)
                _unsure.TryRemove(key, out _);
            if (reader is not null)
                await reader.DisposeAsync();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Table}: {Count} reads failed: {Reason}")]
    private partial void LogFailed(string table, int count, string reason);

    private sealed record Pending(TKey Key, Activity? Span)
    {
        public TaskCompletionSource<StoredRecord<TKey, TRecord>?> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
