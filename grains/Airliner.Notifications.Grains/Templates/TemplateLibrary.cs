using Airliner.Notifications.Grains.Providers;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>
/// The templates in use: those built in and, in the place of some and beside them, those of the operator's folder. They are replaced all at once, and only by
/// such as are valid.
/// </summary>
internal sealed class TemplateLibrary
{
    private readonly IReadOnlyDictionary<string, TemplateSource> _builtIn;
    private readonly TemplateSet _shipped;
    private readonly string? _folder;
    private IReadOnlyDictionary<string, TemplateSource> _seen;
    private volatile TemplateSet _current;

    private TemplateLibrary(string builtIn, string? folder)
    {
        _builtIn = TemplateSource.ReadAll(builtIn);
        _shipped = new TemplateSet(_builtIn);
        _folder = folder;
        _seen = ReadFolder();
        _current = Compile();
    }

    /// <summary>Raised when others have taken the place of the templates in use.</summary>
    public event Action? Replaced;

    /// <summary>The templates in use now. Who needs several of one set asks once.</summary>
    public TemplateSet Current => _current;

    /// <summary>Reads the folders.</summary>
    /// <param name="builtIn">The folder of the templates that come with the program.</param>
    /// <param name="folder">The folder of the operator's own; null where there is none.</param>
    /// <exception cref="TemplateException">A template is broken, is named for nothing, or is lacking.</exception>
    public static TemplateLibrary Load(string builtIn, string? folder = null) => new(builtIn, folder);

    /// <summary>Looks whether the operator's folder has changed since the last look, and takes what it has. One call at a time.</summary>
    /// <returns>Whether others are in use now.</returns>
    /// <exception cref="TemplateException">What it has is not valid: the templates in use stay. Until it changes again it is not looked at any more.</exception>
    /// <exception cref="IOException">The folder cannot be read; the templates in use stay.</exception>
    public bool Refresh()
    {
        var found = ReadFolder();
        if (found.Count == _seen.Count && found.All(source => _seen.GetValueOrDefault(source.Key) == source.Value))
            return false;
        _seen = found;
        _current = Compile();
        Replaced?.Invoke();
        return true;
    }

    /// <summary>What a notification says; in the inbox its line is the subject.</summary>
    /// <param name="channel">A channel that <see cref="NotificationRules"/> has for events of this type.</param>
    /// <param name="locale">A BCP 47 tag; the next that has templates is taken.</param>
    /// <param name="data">The event's value, a JSON object.</param>
    /// <param name="extras">What the templates see beside it, and in place of members of the same name.</param>
    /// <exception cref="ArgumentException">Nothing is told of such events by this channel.</exception>
    /// <exception cref="TemplateException">The templates cannot render this value.</exception>
    public RenderedNotification Render(string eventType, string channel, string locale, string data, IReadOnlyDictionary<string, string>? extras = null) =>
        _current.Render(eventType, channel, locale, data, extras);

    /// <summary>The same by the templates that come with the program.</summary>
    /// <inheritdoc cref="Render"/>
    public RenderedNotification RenderBuiltIn(string eventType, string channel, string locale, string data, IReadOnlyDictionary<string, string>? extras = null) =>
        _shipped.Render(eventType, channel, locale, data, extras);

    /// <summary>One mail that tells of several events.</summary>
    /// <param name="category">What they are about, one of <see cref="Contracts.Notifications.NotificationCategories"/>.</param>
    /// <param name="items">Some hundreds at most: a digest has <see cref="Liquid.MaxSteps"/> and <see cref="BoundedText.MaxLength"/>.</param>
    /// <param name="extras">What the templates see beside them.</param>
    /// <exception cref="TemplateException">The templates cannot render this.</exception>
    public RenderedNotification RenderDigest(string locale, string category, IReadOnlyList<DigestItem> items, IReadOnlyDictionary<string, string>? extras = null) =>
        _current.RenderDigest(locale, category, items, extras);

    private IReadOnlyDictionary<string, TemplateSource> ReadFolder() => _folder is null ? new Dictionary<string, TemplateSource>() : TemplateSource.ReadAll(_folder);

    private TemplateSet Compile()
    {
        var sources = new Dictionary<string, TemplateSource>(_builtIn, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, source) in _seen)
            sources[name] = source;
        return new TemplateSet(sources);
    }
}
