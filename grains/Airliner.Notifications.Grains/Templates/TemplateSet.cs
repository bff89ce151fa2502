using System.Collections.Frozen;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>
/// Templates for every notification, from files <c>&lt;event type&gt;/&lt;channel&gt;/&lt;locale&gt;/&lt;part&gt;.liquid</c> and
/// <c>&lt;event type&gt;/sample.json</c>. All of them were checked, and tried with their sample, so that none is found broken when a mail is due.
/// </summary>
internal sealed class TemplateSet
{
    /// <summary>What digests are called, beside the types of events.</summary>
    public const string Digest = "digest";

    private const string Extension = ".liquid";

    private static readonly FrozenSet<(string EventType, string Channel)> _kinds = NotificationRules.All.Append((Digest, Channels.Email)).ToFrozenSet();

    private readonly FrozenDictionary<string, TemplateSample> _samples;
    private readonly FrozenDictionary<string, MessageTemplates> _templates;

    /// <param name="sources">The files by their names.</param>
    /// <exception cref="TemplateException">A file is broken, is named for nothing, or is lacking.</exception>
    public TemplateSet(IReadOnlyDictionary<string, TemplateSource> sources)
    {
        _samples = _kinds.Select(kind => kind.EventType).Distinct().ToFrozenDictionary(
            type => type, type => TemplateSample.Parse(sources.GetValueOrDefault(SampleOf(type)) ?? throw Lacking(SampleOf(type))));
        _templates = sources.Where(source => !_samples.Keys.Any(type => SampleOf(type).Equals(source.Key, StringComparison.OrdinalIgnoreCase)))
            .Select(source => (Name: NameOf(source.Key, source.Value), Source: source.Value))
            .GroupBy(file => Key(file.Name.EventType, file.Name.Channel, file.Name.Locale), StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(group => group.Key, group => Read(group.ToList()), StringComparer.OrdinalIgnoreCase);
        foreach (var (eventType, channel) in _kinds.Where(kind => !_templates.ContainsKey(Key(kind.EventType, kind.Channel, Locales.Default))))
            throw Lacking(Key(eventType, channel, Locales.Default));
    }

    /// <summary>What can be rendered, each type with its channels.</summary>
    public static ILookup<string, string> Kinds { get; } = _kinds.OrderBy(kind => kind.EventType, StringComparer.Ordinal).ToLookup(kind => kind.EventType, kind => kind.Channel);

    public TemplateSample Sample(string eventType) => _samples[eventType];

    /// <summary>The templates of the locale, or of the next that has them (<see cref="Locales.Lookup"/>).</summary>
    /// <exception cref="ArgumentException">Nothing is told of such events by this channel.</exception>
    public MessageTemplates Find(string eventType, string channel, string locale) =>
        Locales.Lookup(locale).Select(tag => _templates.GetValueOrDefault(Key(eventType, channel, tag))).FirstOrDefault(found => found is not null)
        ?? throw new ArgumentException($"There are no templates '{Key(eventType, channel, Locales.Default)}'.", nameof(channel));

    /// <summary>
    /// Each value that a part of an event's templates may name. A subject is kept with its notification and shown in lists, so that it may not have the one-time code.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement> KnownTo(string eventType, string channel, string part)
    {
        var known = Sample(eventType).KnownTo(channel);
        if (part == MessageTemplates.Subject && NotificationRules.HasCode(eventType))
            known.Remove("code");
        return known;
    }

    /// <inheritdoc cref="TemplateLibrary.Render"/>
    public RenderedNotification Render(string eventType, string channel, string locale, string data, IReadOnlyDictionary<string, string>? extras)
    {
        using var value = JsonDocument.Parse(data);
        return Find(eventType, channel, locale).Render(TemplateModel.Of(value.RootElement, extras));
    }

    /// <inheritdoc cref="TemplateLibrary.RenderDigest"/>
    public RenderedNotification RenderDigest(string locale, string category, IReadOnlyList<DigestItem> items, IReadOnlyDictionary<string, string>? extras) =>
        Render(Digest, Channels.Email, locale, JsonSerializer.Serialize(new { category, items.Count, items }, AirlinerJson.Options), extras);

    private static string Key(string eventType, string channel, string locale) => $"{eventType}/{channel}/{locale}";

    private static string SampleOf(string eventType) => $"{eventType}/sample.json";

    private static TemplateException Lacking(string name) => new(name, null, "It is lacking.");

    /// <summary>A file that nothing asks for is a slip of the pen in its name.</summary>
    private static TemplateName NameOf(string name, TemplateSource source)
    {
        if (name.Split('/') is not [var eventType, var channel, var locale, var file] || !file.EndsWith(Extension, StringComparison.Ordinal)
            || !_kinds.Contains((eventType, channel)) || !MessageTemplates.PartsOf(channel).Contains(file[..^Extension.Length]))
            throw new TemplateException(source.Path, null, $"No notification has a part '{name}'.");
        if (!Locales.IsTag(locale))
            throw new TemplateException(source.Path, null, $"'{locale}' is no BCP 47 tag, such as de or de-AT.");
        return new(eventType, channel, locale, file[..^Extension.Length]);
    }

    private MessageTemplates Read(IReadOnlyList<(TemplateName Name, TemplateSource Source)> files)
    {
        var (eventType, channel, locale, _) = files[0].Name;
        var sample = Sample(eventType);
        var parts = files.Select(file => (file.Name.Part, file.Source)).ToDictionary(
            file => file.Part,
            file => LiquidTemplate.Parse(file.Source.Path, file.Source.Text, file.Part == MessageTemplates.Html, KnownTo(eventType, channel, file.Part)));
        // A locale with some of the parts would be a mail in two languages.
        foreach (var part in MessageTemplates.PartsOf(channel).Where(part => !parts.ContainsKey(part)))
            throw Lacking($"{Key(eventType, channel, locale)}/{part}{Extension}");
        var templates = new MessageTemplates(locale, parts);
        templates.Render(TemplateModel.Of(sample.Data, sample.ExtrasFor(channel)));
        return templates;
    }

    private sealed record TemplateName(string EventType, string Channel, string Locale, string Part);
}
