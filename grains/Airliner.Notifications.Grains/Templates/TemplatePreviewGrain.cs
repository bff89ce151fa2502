using System.Text.Json;
using Airliner.Contracts.Notifications;
using Orleans.Concurrency;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>Renders notifications of sample data, for those who write templates. Key: any. Store: none; uses the templates of its silo.</summary>
[StatelessWorker]
[GrainType("template-preview")]
internal sealed class TemplatePreviewGrain(TemplateLibrary library) : Grain, ITemplatePreviewGrain
{
    private const string OfTemplate = "template.";

    public Task<PreviewResult> Render(PreviewNotification command)
    {
        var (set, kinds) = (library.Current, TemplateSet.Kinds);
        if (!kinds.Contains(command.EventType))
            return Refuse("eventType", $"must be one of {string.Join(", ", kinds.Select(kind => kind.Key))}.");
        if (!kinds[command.EventType].Contains(command.Channel))
            return Refuse("channel", $"must be one of {string.Join(", ", kinds[command.EventType])} for {command.EventType}.");
        var sample = set.Sample(command.EventType);
        try
        {
            var templates = With(set, command);
            using var data = command.Data is null ? null : JsonDocument.Parse(command.Data);
            var rendered = templates.Render(TemplateModel.Of(data?.RootElement ?? sample.Data, sample.ExtrasFor(command.Channel)));
            return Task.FromResult(new PreviewResult(new(command.EventType, command.Channel, templates.Locale, rendered.Subject, rendered.Text, rendered.Html)));
        }
        catch (TemplateException error) when (error.File.StartsWith(OfTemplate, StringComparison.Ordinal))
        {
            return Refuse(error.File, error.Line is null ? error.Reason : $"line {error.Line}: {error.Reason}");
        }
        catch (TemplateException error)
        {
            // The library's own renders its sample: it is the data that it cannot render.
            return Refuse("data", $"cannot be rendered: {error.Reason}");
        }
        catch (InvalidOperationException)
        {
            // Valid as JSON, and yet no text.
            return Refuse("data", "has half a surrogate pair in a text.");
        }
    }

    /// <summary>The templates, with those of the command in the place of some.</summary>
    /// <exception cref="TemplateException">One of the command is none, or is of a part that the channel does not have.</exception>
    private static MessageTemplates With(TemplateSet set, PreviewNotification command)
    {
        var templates = set.Find(command.EventType, command.Channel, command.Locale);
        var given = new[] { (MessageTemplates.Subject, command.Subject), (MessageTemplates.Text, command.Text), (MessageTemplates.Html, command.Html) };
        var parts = new Dictionary<string, LiquidTemplate>(templates.Parts);
        foreach (var (part, source) in given)
        {
            if (source is null)
                continue;
            if (!parts.ContainsKey(part))
                throw new TemplateException(OfTemplate + part, null, $"is no part of {command.Channel}, which has {string.Join(", ", MessageTemplates.PartsOf(command.Channel))}.");
            parts[part] = LiquidTemplate.Parse(OfTemplate + part, source, part == MessageTemplates.Html, set.KnownTo(command.EventType, command.Channel, part));
        }

        return templates with { Parts = parts };
    }

    private static Task<PreviewResult> Refuse(string member, string complaint) => Task.FromResult(new PreviewResult(null, member, complaint));
}
