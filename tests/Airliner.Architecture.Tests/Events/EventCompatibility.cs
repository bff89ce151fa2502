using System.Text.Json.Nodes;

namespace Airliner.Architecture.Tests.Events;

/// <summary>Whether consumers that were written for one document can read the events of another: schemas only gain optional members.</summary>
internal static class EventCompatibility
{
    /// <summary>What would break them, a line each.</summary>
    public static IEnumerable<string> Breaks(JsonObject before, JsonObject after)
    {
        foreach (var (topic, channel) in Section(before, "channels"))
        {
            foreach (var (message, _) in channel!["messages"]!.AsObject())
            {
                if (after["channels"]![topic]?["messages"]?[message] is null)
                    yield return $"{topic} has no {message} any more.";
                else if (before["components"]!["messages"]![message]!["payload"] is JsonObject was)
                {
                    foreach (var broken in Breaks(message, was, after["components"]!["messages"]![message]!["payload"]!.AsObject()))
                        yield return broken;
                }
            }
        }
    }

    /// <summary>What would break the consumers of one event, a line each.</summary>
    /// <param name="was">The JSON Schema that they were written for.</param>
    /// <param name="now">That of the event as it is.</param>
    public static IEnumerable<string> Breaks(string what, JsonObject was, JsonObject now)
    {
        var newRequired = Required(now).Except(Required(was));
        foreach (var member in newRequired)
            yield return $"{what}.{member} is required, and was not.";
        foreach (var (member, schema) in Section(was, "properties"))
        {
            if (now["properties"]?[member] is not { } kept)
                yield return $"{what}.{member} is gone.";
            else if (!JsonNode.DeepEquals(Shape(schema!), Shape(kept)))
                yield return $"{what}.{member} has another type.";
            else if (Required(was).Contains(member) && !Required(now).Contains(member))
                yield return $"{what}.{member} may be missing, and was always there.";
        }
    }

    private static JsonObject Section(JsonObject node, string name) => node[name]?.AsObject() ?? [];

    private static IEnumerable<string> Required(JsonObject schema) => schema["required"]?.AsArray().Select(member => member!.GetValue<string>()) ?? [];

    /// <summary>What a value may be, without what is only said about it, in any depth.</summary>
    private static JsonNode Shape(JsonNode schema)
    {
        var shape = schema.DeepClone();
        Strip(shape);
        return shape;
    }

    private static void Strip(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Strip(item);
        }
        else if (node is JsonObject members)
        {
            // A member of that name has an object there.
            if (members["description"] is JsonValue)
                members.Remove("description");
            foreach (var (_, member) in members)
                Strip(member);
        }
    }
}
