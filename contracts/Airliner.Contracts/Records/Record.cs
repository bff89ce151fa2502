using System.Collections.Immutable;
using System.Text.Json.Serialization;
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
        return WriteAsync(state, next);
    }

    private static async Task WriteAsync<TRecord>(IStorage<TRecord> state, TRecord next)
    {
        var before = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            throw;
        }
    }
}
