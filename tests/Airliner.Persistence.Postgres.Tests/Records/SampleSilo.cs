using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Npgsql;

namespace Airliner.Persistence.Postgres.Tests.Records;

/// <summary>The record store as one silo runs it.</summary>
internal sealed class SampleSilo : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;

    public SampleSilo(string connectionString, string owner, RecordOptions options)
    {
        _database = RecordsModule.DataSource(connectionString);
        Relay = new RecordingRelay(owner);
        Samples = new RecordStorage<long, Sample>(Sample.Table, _database, Relay, options);
        Notes = new RecordStorage<string, Note>(Note.Table, _database, Relay, options);
        Samples.Start();
        Notes.Start();
    }

    public RecordingRelay Relay { get; }

    public RecordStorage<long, Sample> Samples { get; }

    public RecordStorage<string, Note> Notes { get; }

    /// <summary>Sample <paramref name="id"/> as an activation in this silo holds it; not read yet.</summary>
    public Entity<long, Sample> Of(long id) => new(Samples, GrainId.Create(GrainType.Create("sample"), GrainIdKeyExtensions.CreateIntegerKey(id)));

    /// <summary>Note <paramref name="id"/> as an activation in this silo holds it; not read yet.</summary>
    public Entity<string, Note> NoteOf(string id) => new(Notes, GrainId.Create("note", id));

    public async ValueTask DisposeAsync()
    {
        await Samples.DisposeAsync();
        await Notes.DisposeAsync();
        await _database.DisposeAsync();
    }
}

/// <summary>What an activation holds of its record.</summary>
internal sealed class Entity<TKey, TRecord>(RecordStorage<TKey, TRecord> store, GrainId id)
    where TKey : notnull
    where TRecord : Record, new()
{
    private readonly GrainState<TRecord> _state = new(new TRecord());

    public TRecord Record => _state.State!;

    public string? Version
    {
        get => _state.ETag;
        set => _state.ETag = value;
    }

    public bool Exists => _state.RecordExists;

    public async Task<Entity<TKey, TRecord>> ReadAsync()
    {
        await store.ReadStateAsync("state", id, _state).Within($"the read of {id}");
        return this;
    }

    /// <summary>Queues the write before it returns.</summary>
    public async Task WriteAsync(TRecord next)
    {
        var before = _state.State;
        _state.State = next;
        try
        {
            await store.WriteStateAsync("state", id, _state).Within($"the write of {id}");
        }
        catch
        {
            _state.State = before;
            throw;
        }
    }

    /// <summary>Deletes the record as <paramref name="last"/> makes it.</summary>
    public Task ClearAsync(Func<TRecord, TRecord> last)
    {
        _state.State = last(Record);
        return ClearAsync();
    }

    public Task ClearAsync() => store.ClearStateAsync("state", id, _state).Within($"the deletion of {id}");
}
