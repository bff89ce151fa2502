using System.Reflection;
using System.Text.Json.Nodes;
using Airliner.Contracts.Events;

namespace Airliner.Architecture.Tests.Events;

/// <summary>The topics and their messages as an AsyncAPI 3.0 document, made of the event records alone.</summary>
internal static class AsyncApiDocument
{
    private const string Headers = "CloudEvent";
    private const string DeadLetter = "dead_letter";

    /// <summary>Every event of the contracts.</summary>
    public static IReadOnlyList<Type> Events { get; } =
    [
        .. typeof(DomainEvent).Assembly.GetTypes()
            .Where(type => typeof(DomainEvent).IsAssignableFrom(type) && !type.IsAbstract)
            .OrderBy(type => Attribute(type).Type, StringComparer.Ordinal),
    ];

    public static JsonObject Create() => new()
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = new JsonObject
        {
            ["title"] = "Airliner Administration: events",
            ["version"] = "v1",
            ["description"] =
                "Kafka topics. Headers are CloudEvents 1.0 in the binary mode of the Kafka protocol binding. Delivery is at least once: a repeat has the same "
                + "ce_id, and a ce_sequence that is not above the last of its ce_subject is to be ignored. Schemas only gain optional members.",
        },
        ["defaultContentType"] = "application/json",
        ["channels"] = new JsonObject(Topics.All.SelectMany(topic => new[] { Channel(topic), DeadLetterChannel(topic) })),
        ["operations"] = new JsonObject(Topics.All.Select(Operation)),
        ["components"] = new JsonObject
        {
            ["messages"] = new JsonObject([.. Events.Select(Message), DeadLetterMessage()]),
            ["schemas"] = new JsonObject { [Headers] = CloudEventSchema() },
        },
    };

    private static EventAttribute Attribute(Type record) => record.GetCustomAttribute<EventAttribute>()!;

    private static JsonObject Reference(params string[] path) => new() { ["$ref"] = "#/" + string.Join('/', path) };

    private static KeyValuePair<string, JsonNode?> Channel(string topic) => new(topic, new JsonObject
    {
        ["address"] = topic,
        ["messages"] = new JsonObject(Events.Select(Attribute).Where(raised => raised.Topic == topic)
            .Select(raised => KeyValuePair.Create<string, JsonNode?>(raised.Type, Reference("components", "messages", raised.Type)))),
    });

    private static KeyValuePair<string, JsonNode?> DeadLetterChannel(string topic) => new(Topics.DeadLettersOf(topic), new JsonObject
    {
        ["address"] = Topics.DeadLettersOf(topic),
        ["messages"] = new JsonObject { [DeadLetter] = Reference("components", "messages", DeadLetter) },
    });

    private static KeyValuePair<string, JsonNode?> Operation(string topic) => new($"publish-{topic}", new JsonObject
    {
        ["action"] = "send",
        ["channel"] = Reference("channels", topic),
    });

    private static KeyValuePair<string, JsonNode?> Message(Type record) => new(Attribute(record).Type, new JsonObject
    {
        ["summary"] = ContractDocs.Summary(record),
        ["headers"] = Reference("components", "schemas", Headers),
        ["payload"] = EventSchema.Of(record),
        ["bindings"] = record == typeof(Contracts.Tasks.TaskGroupCompleted) ? KeyBinding("The value's groupId")
            : KeyBinding($"The value's {(record.IsAssignableTo(typeof(Contracts.Tasks.TaskEvent)) ? "taskId" : "userId")}, in decimal digits"),
    });

    private static KeyValuePair<string, JsonNode?> DeadLetterMessage() => new(DeadLetter, new JsonObject
    {
        ["summary"] = "What a consumer group can never handle: key, value and headers as they came, and in further headers why, by whom and from where.",
        ["headers"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["dlq_reason"] = Text("Why it cannot be handled."),
                ["dlq_exception"] = Text("The type of the error, where there was one."),
                ["dlq_stack"] = Text("The code that gave it up."),
                ["dlq_topic"] = Text("Where it came from."),
                ["dlq_partition"] = Text("Its partition there."),
                ["dlq_offset"] = Text("Its offset there."),
                ["dlq_group"] = Text("The consumer group that gave it up."),
                ["dlq_omitted_bytes"] = Text("How long its value is, where it was too large to be kept with these headers: it is where it came from alone."),
            },
            ["required"] = new JsonArray("dlq_reason", "dlq_topic", "dlq_partition", "dlq_offset", "dlq_group", "dlq_stack"),
        },
    });

    private static JsonObject CloudEventSchema() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["ce_specversion"] = new JsonObject { ["const"] = "1.0" },
            ["ce_id"] = Text("The event's id, the same however often it is delivered.", "uuid"),
            ["ce_type"] = Text("The event's type, as eventType in the value."),
            ["ce_source"] = Text("The service that raised it.", "uri-reference"),
            ["ce_time"] = Text("When it happened.", "date-time"),
            ["ce_subject"] = Text("The entity that raised it."),
            ["ce_sequence"] = Text("Counts the entity's own events from 1."),
            ["content-type"] = new JsonObject { ["const"] = "application/json" },
            ["traceparent"] = Text("The W3C trace context of what raised it."),
        },
        ["required"] = new JsonArray("ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_subject", "ce_sequence", "content-type"),
    };

    private static JsonObject KeyBinding(string key) => new()
    {
        ["kafka"] = new JsonObject { ["key"] = Text($"{key}: events of one key keep their order.") },
    };

    private static JsonObject Text(string description, string? format = null)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (format is not null)
            schema["format"] = format;
        schema["description"] = description;
        return schema;
    }
}
