using System.Net;
using System.Text.Json;
using DotLiquid;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>What a template sees: an event's members by their JSON names, what is said beside them, and nothing else.</summary>
internal static class TemplateModel
{
    /// <param name="value">A flat JSON object.</param>
    /// <param name="extras">Texts that go before its members.</param>
    /// <param name="escaped">Whether texts are encoded for HTML, which DotLiquid does not do: its templates then need no <c>escape</c>.</param>
    public static Hash Of(JsonElement value, IReadOnlyDictionary<string, string>? extras, bool escaped)
    {
        var model = new Hash();
        foreach (var member in value.EnumerateObject())
        {
            model[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.String => TextOf(member.Value.GetString()!, escaped),
                JsonValueKind.Number => member.Value.TryGetInt64(out var integer) ? integer : member.Value.GetDouble(),
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            };
        }

        return With(model, extras, escaped);
    }

    /// <summary>What a digest's template sees.</summary>
    /// <param name="subjects">The line of each event.</param>
    public static Hash Of(string category, IReadOnlyList<string> subjects, IReadOnlyDictionary<string, string>? extras, bool escaped) => With(
        new Hash
        {
            ["category"] = category,
            ["count"] = subjects.Count,
            ["items"] = subjects.Select(subject => new Hash { ["subject"] = TextOf(subject, escaped) }).ToList(),
        },
        extras,
        escaped);

    private static Hash With(Hash model, IReadOnlyDictionary<string, string>? extras, bool escaped)
    {
        foreach (var (name, text) in extras ?? new Dictionary<string, string>())
            model[name] = TextOf(text, escaped);
        return model;
    }

    /// <summary>On one line: a name is no place for a paragraph of somebody else's.</summary>
    private static string TextOf(string text, bool escaped) => escaped ? WebUtility.HtmlEncode(SingleLine.Of(text)) : SingleLine.Of(text);
}
