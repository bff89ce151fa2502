using System.Diagnostics;
using System.Globalization;
using Airliner.Kafka.Consumers;
using Airliner.Persistence.Postgres.Outbox;
using Confluent.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka;

/// <summary>Spans of events that are sent and handled, by OpenTelemetry's semantic conventions for messaging with Kafka.</summary>
internal static class KafkaTraces
{
    private static readonly ActivitySource _source = new("Airliner.Kafka");

    /// <summary>
    /// Begins the span of an event that is handed to the producer, below what raised it; it ends with the broker's answer. Null where nobody collects that trace.
    /// </summary>
    public static Activity? Send(OutboxEvent e)
    {
        if (!ActivityContext.TryParse(e.TraceParent, null, out var raised) || !raised.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
            return null;
        var current = Activity.Current;
        var span = _source.StartActivity($"send {e.Topic}", ActivityKind.Producer, raised);
        // What the caller does next is no part of it.
        Activity.Current = current;
        return Describe(span, "send", e.Topic, e.EventId.ToString(), e.Type);
    }

    /// <summary>The broker has the event.</summary>
    public static void Sent(Activity? span, TopicPartitionOffset position)
    {
        Locate(span, position);
        span?.Dispose();
    }

    /// <summary>The producer gave the event up; it is sent again, which is another span.</summary>
    public static void Failed(Activity? span, ErrorCode code)
    {
        span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", code.ToString());
        span?.Dispose();
    }

    /// <summary>Begins the span of an event's handling by a consumer group, below its sending; null where the event has no trace, or nobody collects it.</summary>
    public static Activity? Process(ConsumedEvent e, string group)
    {
        if (!ActivityContext.TryParse(e.TraceParent, null, isRemote: true, out var sent))
            return null;
        var span = _source.StartActivity($"process {e.Position.Topic}", ActivityKind.Consumer, sent);
        if (span is { IsAllDataRequested: true })
        {
            Locate(Describe(span, "process", e.Position.Topic, e.Id, e.Type), e.Position);
            span.SetTag("messaging.consumer.group.name", group);
        }

        return span;
    }

    private static Activity? Describe(Activity? span, string operation, string topic, string id, string type) => span?
        .SetTag("messaging.system", "kafka")
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.operation.type", operation)
        .SetTag("messaging.destination.name", topic)
        .SetTag("messaging.message.id", id)
        .SetTag("cloudevents.event_type", type);

    private static void Locate(Activity? span, TopicPartitionOffset position) => span?
        .SetTag("messaging.destination.partition.id", position.Partition.Value.ToString(CultureInfo.InvariantCulture))
        .SetTag("messaging.kafka.offset", position.Offset.Value);
}
