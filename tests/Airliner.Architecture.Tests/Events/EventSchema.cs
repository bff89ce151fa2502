using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Airliner.Contracts;
using Airliner.Contracts.Events;

namespace Airliner.Architecture.Tests.Events;

/// <summary>The JSON Schema of an event's value, made of its record.</summary>
internal static class EventSchema
{
    private static readonly JsonSchemaExporterOptions _options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe };

    /// <summary>The schema; a member that may be null is not required.</summary>
    public static JsonObject Of(Type record)
    {
        var schema = AirlinerJson.Options.GetJsonSchemaAsNode(record, _options).AsObject();
        var members = schema["properties"]!.AsObject();
        members["eventType"] = new JsonObject { ["const"] = record.GetCustomAttribute<EventAttribute>()!.Type };
        schema["required"] = new JsonArray([.. members.Where(member => !MayBeNull(member.Value!)).Select(member => (JsonNode)member.Key)]);
        return schema;
    }

    /// <summary>The same as a document by itself: <c>docs/schemas/&lt;event&gt;.json</c>.</summary>
    public static JsonObject DocumentOf(Type record)
    {
        var document = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = record.GetCustomAttribute<EventAttribute>()!.Type,
            ["description"] = ContractDocs.Summary(record),
        };
        foreach (var (name, value) in Of(record).ToArray())
            document[name] = value!.DeepClone();
        return document;
    }

    /// <summary>Whether a schema lets null through.</summary>
    public static bool MayBeNull(JsonNode schema) => schema["type"] is JsonArray types && types.Any(type => type!.GetValue<string>() == "null");

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.TypeInfo.Type == typeof(DateTimeOffset))
            schema = new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        else if (context.TypeInfo.Type == typeof(DateTimeOffset?))
            schema = new JsonObject { ["type"] = new JsonArray("string", "null"), ["format"] = "date-time" };
        else if (context.PropertyInfo is { AttributeProvider: { } attributes } id && attributes.IsDefined(typeof(OpaqueIdAttribute), inherit: true))
            schema = new JsonObject { ["type"] = Nullable.GetUnderlyingType(id.PropertyType) is null ? "string" : new JsonArray("string", "null") };
        if (context.PropertyInfo is { AttributeProvider: PropertyInfo property }
            && schema is JsonObject described
            && ContractDocs.Parameter(property.ReflectedType!, property.Name) is { } text)
            described["description"] = text;
        return schema;
    }
}
