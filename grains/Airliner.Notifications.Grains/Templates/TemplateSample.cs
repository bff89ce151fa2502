using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>What templates of a type are tried and shown with, and by that what they may name. Made up, and of no user.</summary>
/// <param name="Data">An event's value.</param>
/// <param name="Extras">What deliveries say beside it.</param>
internal sealed record TemplateSample(JsonElement Data, IReadOnlyDictionary<string, string> Extras)
{
    /// <exception cref="TemplateException">It is no JSON of a sample.</exception>
    public static TemplateSample Parse(TemplateSource source)
    {
        try
        {
            var sample = JsonSerializer.Deserialize<TemplateSample>(source.Text, AirlinerJson.Options);
            if (sample is not { Data.ValueKind: JsonValueKind.Object, Extras: not null } || sample.Extras.Values.Any(text => text is null))
                throw new TemplateException(source.Path, null, "A sample has an object 'data', and an object of texts 'extras'.");
            // All of it is read, so that nothing of it fails later.
            TemplateModel.Of(sample.Data, sample.Extras);
            return sample;
        }
        catch (JsonException error)
        {
            throw new TemplateException(source.Path, (int?)error.LineNumber + 1, SingleLine.Of(error.Message), error);
        }
        catch (InvalidOperationException error)
        {
            throw new TemplateException(source.Path, null, "It has half a surrogate pair in a text.", error);
        }
    }

    /// <summary>What is said beside the data: nothing in the inbox, whose line is made with the event.</summary>
    public IReadOnlyDictionary<string, string>? ExtrasFor(string channel) => channel == Channels.InApp ? null : Extras;

    /// <summary>Each value that there is in a channel.</summary>
    public Dictionary<string, JsonElement> KnownTo(string channel)
    {
        var known = new Dictionary<string, JsonElement>();
        foreach (var member in Data.EnumerateObject())
            known[member.Name] = member.Value;
        foreach (var name in ExtrasFor(channel)?.Keys ?? [])
            known[name] = default;
        return known;
    }
}
