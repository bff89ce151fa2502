using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Events;
using Orleans.Core;

namespace Airliner.Contracts.Records;

/// <summary>
/// A grain's state that is kept as one row of a table, and that raises events. It is immutable: a grain makes the next state with
/// <c>with</c> and commits it (<see cref="RecordStateExtensions.CommitAsync{TRecord}"/>), which writes the row and its events in one statement,
/// or neither.
/// </summary>
public abstract record Record
{
    /// <summary>How many events the entity has raised so far: the last one's <c>ce_sequence</c>.</summary>
    [JsonIgnore]
    public long EventSequence { get; init; }

    /// <summary>The events raised since the last commit, in order.</summary>
    [JsonIgnore]
    public ImmutableArray<DomainEvent> Raised { get; init; } = [];

    /// <summary>What is to stand in the audit log with the next commit, beside the events that do so themselves (<see cref="IAudited"/>).</summary>
    [JsonIgnore]
    public ImmutableArray<AuditEntry> Audited { get; init; } = [];
}

/// <summary>Raising events and committing records.</summary>
public static class RecordStateExtensions
{
    /// <summary>The same state with <paramref name="raised"/> to be published when it is committed.</summary>
    public static TRecord Raise<TRecord>(this TRecord record, DomainEvent raised)
        where TRecord : Record
    {
        ArgumentNullException.ThrowIfNull(record);
        return record with { Raised = record.Raised.Add(raised) };
    }

    /// <summary>The same state with an entry that the audit log gets when it is committed.</summary>
    public static TRecord Audit<TRecord>(this TRecord record, AuditEntry entry)
        where TRecord : Record
    {
        ArgumentNullException.ThrowIfNull(record);
        return record with { Audited = record.Audited.Add(entry) };
    }

    /// <summary>
    /// Writes <paramref name="next"/> and its events. When the write fails the state in memory is what it was before, so that the grain never
    /// serves what was not committed.
    /// </summary>
    /// <remarks>
    /// Until the write ends the state in memory is <paramref name="next"/> already. A call marked <c>[ReadOnly]</c> waits for it, since it interleaves with
    /// its like alone; one that interleaves with everything must show a copy of what was committed instead.
    /// </remarks>
    /// <exception cref="Orleans.Storage.InconsistentStateException">The row was changed by somebody else, or the write's outcome is unknown:
    /// the activation ends and the next call reads the row again.</exception>
    /// <exception cref="UniqueViolationException">Another record has the same unique value.</exception>
    /// <exception cref="StorageUnavailableException">Nothing was written: the database is away or the store is overloaded.</exception>
    public static Task CommitAsync<TRecord>(this IStorage<TRecord> state, TRecord next)
        where TRecord : Record
    {
        ArgumentNullException.ThrowIfNull(state);
        // The record is new no longer. What the grain calls or starts after this would carry the hint along, and an activation that it meets later
        // would not read what is there.
        RecordHints.Forget();
        return WithAsync(state, next, state.WriteStateAsync);
    }

    /// <summary>Deletes the row, with an entry for the audit log. When that fails the state in memory is what it was before.</summary>
    /// <inheritdoc cref="CommitAsync{TRecord}" path="/exception"/>
    public static Task ClearAsync<TRecord>(this IStorage<TRecord> state, AuditEntry entry)
        where TRecord : Record
    {
        ArgumentNullException.ThrowIfNull(state);
        return WithAsync(state, state.State.Audit(entry), state.ClearStateAsync);
    }

    private static async Task WithAsync<TRecord>(IStorage<TRecord> state, TRecord next, Func<Task> store)
    {
        var before = state.State;
        state.State = next;
        try
        {
            await store();
        }
        catch
        {
            state.State = before;
            throw;
        }
    }
}
