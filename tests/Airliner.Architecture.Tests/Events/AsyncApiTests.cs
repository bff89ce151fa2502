using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts.Events;
using Airliner.Testing;
using Xunit;

namespace Airliner.Architecture.Tests.Events;

/// <summary>
/// The document that consumers read, against the one that is checked in. <c>UPDATE_SNAPSHOTS=1</c> renews that one, unless consumers of its events would break.
/// </summary>
public sealed class AsyncApiTests
{
    private static readonly string _file = Path.Combine(Repository.Root, "docs", "asyncapi.json");
    internal static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void The_document_is_the_one_that_is_checked_in_and_breaks_no_consumer_of_it()
    {
        var document = AsyncApiDocument.Create();
        if (File.Exists(_file))
            Assert.Empty(EventCompatibility.Breaks(JsonNode.Parse(File.ReadAllText(_file))!.AsObject(), document));
        var text = document.ToJsonString(Json) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            File.WriteAllText(_file, text);

        Assert.True(File.Exists(_file), $"{_file} is missing. UPDATE_SNAPSHOTS=1 writes it.");
        Assert.Equal(File.ReadAllText(_file), text);
    }

    [Fact]
    public void Every_topic_has_its_events_and_every_event_says_what_it_is_and_whose()
    {
        var document = AsyncApiDocument.Create();

        Assert.Equal(Topics.AllWithDeadLetters, document["channels"]!.AsObject().Select(channel => channel.Key));
        Assert.All(document["channels"]!.AsObject(), channel => Assert.NotEmpty(channel.Value!["messages"]!.AsObject()));
        Assert.All(AsyncApiDocument.Events, record =>
        {
            var schema = EventSchema.Of(record);
            var required = schema["required"]!.AsArray().Select(member => member!.GetValue<string>()).ToArray();
            Assert.Contains("eventType", required);
            Assert.Contains("timestamp", required);
            Assert.Contains("userId", required);
            Assert.All(schema["properties"]!.AsObject(), member => Assert.True(member.Value is JsonObject { Count: > 0 }, $"{record.Name}.{member.Key} has no type."));
        });
    }

    [Theory]
    [InlineData("""{"userId": {"type": "integer"}, "scope": {"type": "string"}, "more": {"type": ["string", "null"]}}""", """["userId", "scope"]""", "")]
    [InlineData("""{"userId": {"type": "integer"}}""", """["userId"]""", "e.scope is gone.")]
    [InlineData("""{"userId": {"type": "string"}, "scope": {"type": "string"}}""", """["userId", "scope"]""", "e.userId has another type.")]
    [InlineData("""{"userId": {"type": "integer"}, "scope": {"type": "string"}}""", """["userId"]""", "e.scope may be missing, and was always there.")]
    [InlineData("""{"userId": {"type": "integer"}, "scope": {"type": "string"}, "more": {"type": "string"}}""", """["userId", "scope", "more"]""", "e.more is required, and was not.")]
    [InlineData("""{"userId": {"type": "integer", "description": "The user."}, "scope": {"type": "string"}}""", """["userId", "scope"]""", "")]
    [InlineData("""{"userId": {"type": ["integer", "null"]}, "scope": {"type": "string"}}""", """["scope"]""", "e.userId has another type.")]
    public void An_event_only_gains_optional_members(string properties, string required, string broken) =>
        Assert.Equal(
            broken,
            string.Join(' ', EventCompatibility.Breaks(
                Document("""{"userId": {"type": "integer"}, "scope": {"type": "string"}}""", """["userId", "scope"]"""), Document(properties, required))));

    [Fact]
    public void An_event_that_is_out_does_not_go_away() =>
        Assert.Equal(
            ["t has no e any more."],
            EventCompatibility.Breaks(Document("{}", "[]"), JsonNode.Parse("""{"channels": {"t": {"messages": {}}}, "components": {"messages": {}}}""")!.AsObject()));

    private static JsonObject Document(string properties, string required)
    {
        var payload = new JsonObject { ["properties"] = JsonNode.Parse(properties), ["required"] = JsonNode.Parse(required) };
        return new()
        {
            ["channels"] = JsonNode.Parse("""{"t": {"messages": {"e": {}}}}"""),
            ["components"] = new JsonObject { ["messages"] = new JsonObject { ["e"] = new JsonObject { ["payload"] = payload } } },
        };
    }
}
