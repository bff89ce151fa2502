using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using Fluid.Values;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>The templates of one kind of notification, by one channel in one locale.</summary>
/// <param name="Parts">The templates by the names of their parts, all that <see cref="PartsOf"/> names.</param>
internal sealed record MessageTemplates(string Locale, IReadOnlyDictionary<string, LiquidTemplate> Parts)
{
    public const string Subject = "subject";
    public const string Text = "text";
    public const string Html = "html";

    private const int MaxSubjectLength = 200;

    /// <summary>The parts that notifications of a channel have.</summary>
    /// <param name="channel">One of <see cref="Channels"/>.</param>
    public static IReadOnlyList<string> PartsOf(string channel) => channel switch
    {
        Channels.Email => [Subject, Text, Html],
        Channels.Push => [Subject, Text],
        Channels.Sms => [Text],
        _ => [Subject],
    };

    /// <summary>Renders all parts. A subject is one line; without a part of its own it is the text's, and a text the subject.</summary>
    /// <exception cref="TemplateException">A template cannot render this model.</exception>
    public RenderedNotification Render(IReadOnlyDictionary<string, FluidValue> model)
    {
        var text = Parts.GetValueOrDefault(Text)?.Render(model).Trim();
        var subject = SingleLine.Of(Parts.GetValueOrDefault(Subject)?.Render(model) ?? text!, MaxSubjectLength);
        return new RenderedNotification(subject, text ?? subject, Parts.GetValueOrDefault(Html)?.Render(model));
    }
}
