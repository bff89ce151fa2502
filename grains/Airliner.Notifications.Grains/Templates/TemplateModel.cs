using System.Text.Json;
using Fluid.Values;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>What a template sees: an event's members by their JSON names, what is said beside them, and nothing else.</summary>
internal static class TemplateModel
{
    /// <summary>The rest of a longer text is left out.</summary>
    private const int MaxTextLength = 4000;

    /// <param name="data">A JSON object.</param>
    /// <param name="extras">Texts that go before its members.</param>
    public static IReadOnlyDictionary<string, FluidValue> Of(JsonElement data, IReadOnlyDictionary<string, string>? extras)
    {
        var model = Members(data);
        foreach (var (name, text) in extras ?? new Dictionary<string, string>())
            model[name] = TextOf(text);
        return model;
    }

    private static Dictionary<string, FluidValue> Members(JsonElement data)
    {
        var members = new Dictionary<string, FluidValue>();
        foreach (var member in data.EnumerateObject())
            members[member.Name] = ValueOf(member.Value);
        return members;
    }

    private static FluidValue ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => TextOf(value.GetString()!),
        JsonValueKind.Number => value.TryGetDecimal(out var number) ? NumberValue.Create(number) : TextOf(value.GetRawText()),
        JsonValueKind.True => BooleanValue.True,
        JsonValueKind.False => BooleanValue.False,
        JsonValueKind.Object => ObjectOf(value),
        // Of objects alone: Fluid writes a list of texts without encoding them.
        JsonValueKind.Array => new ArrayValue([.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(ObjectOf)]),
        _ => NilValue.Instance,
    };

    private static FluidValue ObjectOf(JsonElement value) => new DictionaryValue(new FluidValueDictionaryFluidIndexable(Members(value)));

    /// <summary>On one line: a name is no place for a paragraph of somebody else's.</summary>
    private static StringValue TextOf(string text) => new(SingleLine.Of(text, MaxTextLength));
}
