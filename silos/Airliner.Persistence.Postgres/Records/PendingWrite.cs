using System.Diagnostics;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Audit;
using Airliner.Persistence.Postgres.Outbox;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>A record that waits to be committed, with its events and its entries of the audit log. Made while the grain's turn runs, so nothing changes it afterwards.</summary>
/// <param name="ExpectedVersion">The row's version that the write is based on; 0 where there must be none.</param>
internal sealed record PendingWrite<TKey, TRecord>(TKey Key, TRecord Record, long ExpectedVersion, IReadOnlyList<OutboxEvent> Events)
    where TKey : notnull
    where TRecord : Record
{
    /// <summary>What the audit log is to have of it.</summary>
    public IReadOnlyList<AuditDraft> Audit { get; } = AuditDraft.Of(Record);

    /// <summary>When it was made, as <see cref="Stopwatch.GetTimestamp"/> has it.</summary>
    public long QueuedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>The span of its writer, who waits; null where nobody collects it.</summary>
    public Activity? Span { get; init; }

    private readonly TaskCompletionSource _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the write is durable, or fails.</summary>
    public Task Committed => _committed.Task;

    public void Complete() => _committed.TrySetResult();

    public void Fail(Exception reason) => _committed.TrySetException(reason);

    public static PendingWrite<TKey, TRecord> Of(RecordTable<TKey, TRecord> table, TKey key, TRecord record, long expectedVersion)
    {
        if (record.Raised.IsEmpty)
            return new(key, record, expectedVersion, []);
        var subject = table.Subject(key);
        var events = new OutboxEvent[record.Raised.Length];
        for (var i = 0; i < events.Length; i++)
            events[i] = OutboxEvent.From(subject, record.EventSequence + 1 + i, record.Raised[i]);
        return new(key, record, expectedVersion, events);
    }
}
