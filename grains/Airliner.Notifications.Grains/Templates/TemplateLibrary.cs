using System.Collections.Frozen;
using System.Text.Json;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Digests;
using Airliner.Notifications.Grains.Providers;
using DotLiquid;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>
/// All templates, from the files <c>&lt;event type&gt;/&lt;channel&gt;/&lt;locale&gt;/&lt;part&gt;.liquid</c> of a folder. They are read and tried once, when the silo
/// starts, so that none is found broken when a mail is due.
/// </summary>
internal sealed class TemplateLibrary
{
    private const string Locale = "en";
    private const string Subject = "subject";
    private const string Text = "text";
    private const string Html = "html";
    private const string Digest = "digest";
    private const int MaxSubjectLength = 200;

    private readonly FrozenDictionary<string, TemplateFile> _templates;

    private TemplateLibrary(Dictionary<string, TemplateFile> templates) => _templates = templates.ToFrozenDictionary();

    /// <summary>Reads the folder.</summary>
    /// <exception cref="TemplateException">A template is broken, is named for nothing, or is lacking.</exception>
    public static TemplateLibrary Load(string folder)
    {
        if (!Directory.Exists(folder))
            throw new TemplateException($"There is no template folder '{folder}'.");
        var needed = NotificationRules.All.SelectMany(rule => PartsOf(rule.Channel).Select(part => Name(rule.EventType, rule.Channel, part)))
            .Concat(PartsOf(Channels.Email).Select(part => Name(Digest, Channels.Email, part))).ToHashSet();
        var templates = new Dictionary<string, TemplateFile>();
        foreach (var path in Directory.EnumerateFiles(folder, "*.liquid", SearchOption.AllDirectories))
        {
            var name = Path.ChangeExtension(Path.GetRelativePath(folder, path), null).Replace('\\', '/');
            // A file that nothing asks for is a slip of the pen in its name.
            if (!needed.Remove(name))
                throw new TemplateException($"{path}: no notification has a part '{name}'.");
            templates.Add(name, TemplateFile.Load(path));
        }

        if (needed.Count > 0)
            throw new TemplateException($"{Path.Combine(folder, needed.Order(StringComparer.Ordinal).First())}.liquid is lacking.");
        return new TemplateLibrary(templates);
    }

    /// <summary>The parts of the mail that tells of an event.</summary>
    /// <param name="data">The event's value, a flat JSON object.</param>
    /// <param name="extras">What the templates see beside it, and in place of members of the same name.</param>
    /// <exception cref="TemplateException">The template cannot render this value.</exception>
    public RenderedNotification RenderMail(string eventType, string data, IReadOnlyDictionary<string, string>? extras = null)
    {
        using var value = JsonDocument.Parse(data);
        return new RenderedNotification(
            SubjectOf(eventType, Channels.Email, TemplateModel.Of(value.RootElement, extras, escaped: false)),
            Find(eventType, Channels.Email, Text).Render(TemplateModel.Of(value.RootElement, extras, escaped: false)),
            Find(eventType, Channels.Email, Html).Render(TemplateModel.Of(value.RootElement, extras, escaped: true)));
    }

    /// <summary>The parts of the mail that tells of many events of a category.</summary>
    /// <param name="items">The events, oldest first.</param>
    /// <param name="extras">
    /// What the templates see beside <c>category</c>, <c>count</c> and <c>items</c>, each of which has a <c>subject</c>; those of the events see it too.
    /// </param>
    /// <exception cref="TemplateException">The template cannot render these events.</exception>
    public RenderedNotification RenderDigest(string category, IReadOnlyList<DigestItem> items, IReadOnlyDictionary<string, string>? extras = null)
    {
        string[] subjects = [.. items.Select(item => RenderSubject(item.EventType, LineChannel(item.EventType), item.Data, extras))];
        return new RenderedNotification(
            SubjectOf(Digest, Channels.Email, TemplateModel.Of(category, subjects, extras, escaped: false)),
            Find(Digest, Channels.Email, Text).Render(TemplateModel.Of(category, subjects, extras, escaped: false)),
            Find(Digest, Channels.Email, Html).Render(TemplateModel.Of(category, subjects, extras, escaped: true)));
    }

    /// <summary>The one line that tells of an event.</summary>
    /// <param name="data">The event's value, a flat JSON object.</param>
    /// <param name="extras">What the template sees beside it, and in place of members of the same name.</param>
    /// <exception cref="TemplateException">The template cannot render this value.</exception>
    public string RenderSubject(string eventType, string channel, string data, IReadOnlyDictionary<string, string>? extras = null)
    {
        using var value = JsonDocument.Parse(data);
        return SubjectOf(eventType, channel, TemplateModel.Of(value.RootElement, extras, escaped: false));
    }

    private static string[] PartsOf(string channel) => channel == Channels.Email ? [Subject, Text, Html] : [Subject];

    private static string Name(string eventType, string channel, string part) => $"{eventType}/{channel}/{Locale}/{part}";

    /// <summary>Where an event's line in a digest is taken from: its mail's subject, or its entry in the inbox.</summary>
    private string LineChannel(string eventType) => _templates.ContainsKey(Name(eventType, Channels.Email, Subject)) ? Channels.Email : Channels.InApp;

    private TemplateFile Find(string eventType, string channel, string part) =>
        _templates.TryGetValue(Name(eventType, channel, part), out var template)
            ? template
            : throw new TemplateException($"There is no template '{Name(eventType, channel, part)}'.");

    private string SubjectOf(string eventType, string channel, Hash model) =>
        SingleLine.Of(Find(eventType, channel, Subject).Render(model), MaxSubjectLength);
}
