using System.Text.Json;
using Confluent.Kafka;

namespace Airliner.Kafka.Consumers;

/// <summary>An event as a consumer gets it.</summary>
/// <param name="Id">The same however often it is delivered: <c>ce_id</c>.</param>
/// <param name="Type">Its type, as <c>task_created</c>: <c>ce_type</c>.</param>
/// <param name="Subject">The entity that raised it, as <c>table/id</c>: <c>ce_subject</c>.</param>
/// <param name="Sequence">Counts the entity's own events from 1: <c>ce_sequence</c>.</param>
/// <param name="Time">When it happened: <c>ce_time</c>.</param>
/// <param name="Key">The record's key.</param>
/// <param name="Value">The record's value, a JSON object that may be kept, whose names and texts can all be read.</param>
/// <param name="TraceParent">The W3C trace context of the call that raised it; where that is collected, of its handling here.</param>
/// <param name="Position">Where it was read.</param>
public sealed record ConsumedEvent(
    string Id,
    string Type,
    string Subject,
    long Sequence,
    DateTimeOffset Time,
    string Key,
    JsonElement Value,
    string? TraceParent,
    TopicPartitionOffset Position);

/// <summary>An event that can never be handled, and why: it goes to its topic's dead letters.</summary>
/// <param name="Error">What showed it, where that was an exception.</param>
public sealed record EventRejection(ConsumedEvent Event, string Reason, Exception? Error = null)
{
    /// <summary>The code that found it: the error's stack, else that of the handler that refused it.</summary>
    internal string Stack { get; } = Error?.ToString() ?? Environment.StackTrace;
}
