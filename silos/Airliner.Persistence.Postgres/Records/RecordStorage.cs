using System.Globalization;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Audit;
using Airliner.Persistence.Postgres.Outbox;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Orleans.Storage;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>
/// Keeps records in a table of their own: group commit, batched reads, events in the same statement. The grain storage of the table's grains, and what
/// inserts many records at once without activating a grain for each.
/// </summary>
public sealed class RecordStorage<TKey, TRecord> : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
    where TKey : notnull
    where TRecord : Record
{
    private readonly RecordTable<TKey, TRecord> _table;
    private readonly RecordStatements<TKey, TRecord> _statements;
    private readonly RecordWriter<TKey, TRecord> _writer;
    private readonly RecordLookup<TKey, TRecord> _lookup;
    private int _started;

    /// <param name="audit">The table's part of the service's audit log, null where it has none.</param>
    /// <param name="log">Where it is told that the database cannot be read or written to.</param>
    public RecordStorage(
        RecordTable<TKey, TRecord> table, NpgsqlDataSource database, IOutboxRelay relay, RecordOptions options, AuditChain? audit = null, ILogger? log = null)
    {
        _table = table;
        _statements = new(table);
        var doubts = new DoubtfulEvents<TKey>();
        log ??= NullLogger.Instance;
        _writer = new(table, _statements, database, relay, doubts, audit, options, log);
        _lookup = new(table, _statements, database, relay, doubts, options, log);
    }

    /// <summary>Starts the loops that commit and read; once, for a silo's lifecycle may name a storage twice.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 1)
            return;
        _writer.Start();
        _lookup.Start();
    }

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var key = KeyOf(grainId);
        if (RecordHints.IsNew(_table.Subject(key)))
            return;
        if (await _lookup.ReadAsync(key) is not { } stored)
        {
            // Also when the grain has read before: what was deleted since must not stay in memory.
            grainState.State = Activator.CreateInstance<T>();
            grainState.RecordExists = false;
            grainState.ETag = null;
            return;
        }

        grainState.State = (T)(object)stored.Record;
        grainState.ETag = stored.Version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var record = (TRecord)(object)grainState.State!;
        var version = VersionOf(grainState);
        await _writer.WriteAsync(PendingWrite<TKey, TRecord>.Of(_table, KeyOf(grainId), record, version));
        grainState.State = (T)(object)Committed(record);
        grainState.ETag = (version + 1).ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var key = KeyOf(grainId);
        var audit = grainState.State is TRecord record ? AuditDraft.Of(record) : [];
        if (!await _writer.DeleteAsync(key, VersionOf(grainState), audit) && grainState.RecordExists)
            throw new InconsistentStateException($"{_table.Subject(key)} is no longer at version {grainState.ETag}.");
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    /// <summary>Inserts a new record with its events in the batch that is gathering, without activating its grain; ends when it is durable.</summary>
    /// <exception cref="InconsistentStateException">It is there already, or the outcome is not known.</exception>
    public Task CreateAsync(TKey key, TRecord record) => _writer.WriteAsync(PendingWrite<TKey, TRecord>.Of(_table, key, record, 0));

    /// <summary>The record as it stands in the table, null where there is none.</summary>
    public async Task<TRecord?> FindAsync(TKey key) => (await _lookup.ReadAsync(key))?.Record;

    /// <summary>
    /// Inserts many new records with their events in one transaction, passing over those that violate a unique index, as a repeated event's do.
    /// </summary>
    /// <param name="records">The records by key; no key twice.</param>
    /// <returns>The keys of those that were inserted.</returns>
    /// <exception cref="RecordRejectedException">A record has content that the database refuses; none was inserted.</exception>
    /// <exception cref="StorageUnavailableException">The database is away; none was inserted.</exception>
    /// <exception cref="InconsistentStateException">The outcome is not known: call again, what is there already is passed over.</exception>
    public Task<IReadOnlySet<TKey>> InsertNewAsync(IEnumerable<KeyValuePair<TKey, TRecord>> records, CancellationToken cancellationToken = default) =>
        _writer.InsertNewAsync([.. records.Select(pair => PendingWrite<TKey, TRecord>.Of(_table, pair.Key, pair.Value, 0))], cancellationToken);

    void ILifecycleParticipant<ISiloLifecycle>.Participate(ISiloLifecycle observer) => observer.Subscribe(
        $"records-{_table.Name}",
        ServiceLifecycleStage.ApplicationServices,
        _ =>
        {
            Start();
            return Task.CompletedTask;
        },
        _ => DisposeAsync().AsTask());

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _lookup.DisposeAsync();
    }

    private static TRecord Committed(TRecord record) => record.Raised.IsEmpty && record.Audited.IsEmpty
        ? record
        : record with { EventSequence = record.EventSequence + record.Raised.Length, Raised = [], Audited = [] };

    private static long VersionOf<T>(IGrainState<T> state) => state.ETag is { } etag ? long.Parse(etag, CultureInfo.InvariantCulture) : 0;

    private static TKey KeyOf(GrainId grainId) =>
        typeof(TKey) == typeof(string) ? (TKey)(object)grainId.Key.ToString()! : (TKey)(object)grainId.GetIntegerKey();
}
