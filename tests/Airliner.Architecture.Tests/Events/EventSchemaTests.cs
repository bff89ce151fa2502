using System.Text.Json.Nodes;
using Airliner.Testing;
using Xunit;

namespace Airliner.Architecture.Tests.Events;

/// <summary>
/// The JSON Schema of each event, <c>docs/schemas/&lt;event&gt;.json</c>, against its record. <c>UPDATE_SNAPSHOTS=1</c> renews the files, unless consumers would break.
/// </summary>
public sealed class EventSchemaTests
{
    private static readonly string _folder = Path.Combine(Repository.Root, "docs", "schemas");

    public static TheoryData<Type> Events => [.. AsyncApiDocument.Events];

    [Theory]
    [MemberData(nameof(Events))]
    public void The_schema_is_the_one_that_is_checked_in_and_breaks_no_consumer_of_it(Type record)
    {
        var schema = EventSchema.DocumentOf(record);
        var name = schema["title"]!.GetValue<string>();
        var file = Path.Combine(_folder, $"{name}.json");
        if (File.Exists(file))
            Assert.Empty(EventCompatibility.Breaks(name, JsonNode.Parse(File.ReadAllText(file))!.AsObject(), schema));
        var text = schema.ToJsonString(AsyncApiTests.Json) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(_folder);
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file), $"{file} is missing. UPDATE_SNAPSHOTS=1 writes it.");
        Assert.Equal(File.ReadAllText(file), text);
    }

    [Fact]
    public void No_schema_outlives_its_event() => Assert.Empty(
        Directory.EnumerateFiles(_folder).Select(Path.GetFileNameWithoutExtension)
            .Except(AsyncApiDocument.Events.Select(record => EventSchema.DocumentOf(record)["title"]!.GetValue<string>())));

    [Fact]
    public void What_is_said_of_the_items_of_a_list_may_change_and_what_they_are_may_not() => Assert.Equal(
        ["e.tags has another type."],
        EventCompatibility.Breaks("e", Tags("""{"type": "string", "description": "One."}"""), Tags("""{"type": "string", "description": "A tag."}"""))
            .Concat(EventCompatibility.Breaks("e", Tags("""{"type": "string"}"""), Tags("""{"type": "integer"}"""))));

    private static JsonObject Tags(string items) => JsonNode.Parse($$$"""{"properties": {"tags": {"type": "array", "items": {{{items}}} }}, "required": []}""")!.AsObject();
}
