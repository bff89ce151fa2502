using System.Diagnostics;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Events;

namespace Airliner.Persistence.Postgres.Outbox;

/// <summary>One row of the outbox: an event as it is published.</summary>
/// <param name="Subject">The entity that raised it, as <c>table/id</c>: <c>ce_subject</c>.</param>
/// <param name="Sequence">Counts the entity's own events from 1: <c>ce_sequence</c>.</param>
/// <param name="EventId">The same however often it is published: <c>ce_id</c>.</param>
/// <param name="Payload">The record's value, JSON in UTF-8.</param>
/// <param name="TraceParent">The W3C trace context of the call that raised it.</param>
public sealed record OutboxEvent(
    string Subject, long Sequence, Guid EventId, string Topic, string Key, string Type, DateTimeOffset Time, byte[] Payload, string? TraceParent)
{
    /// <summary>The row of <paramref name="raised"/>.</summary>
    public static OutboxEvent From(string subject, long sequence, DomainEvent raised)
    {
        ArgumentNullException.ThrowIfNull(raised);
        return new OutboxEvent(
            subject,
            sequence,
            Guid.CreateVersion7(raised.Timestamp),
            raised.Topic,
            raised.Key,
            raised.EventType,
            raised.Timestamp.ToUniversalTime(),
            JsonSerializer.SerializeToUtf8Bytes(raised, raised.GetType(), AirlinerJson.Options),
            Activity.Current?.Id);
    }
}

/// <summary>Publishes events. One for each service, in each of its silos.</summary>
public interface IOutboxRelay
{
    /// <summary>
    /// Takes over events whose rows are committed, in each entity's order. Called before the writer is answered; returns at once and never throws.
    /// </summary>
    void Take(IReadOnlyList<OutboxEvent> committed);

    /// <summary>Who this relay is, as the outbox's <c>owner</c>: this silo's address and generation.</summary>
    string Owner { get; }
}
