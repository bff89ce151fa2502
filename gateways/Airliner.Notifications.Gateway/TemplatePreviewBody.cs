using System.Text.Json;
using Airliner.Contracts.Notifications;
using FluentValidation;

namespace Airliner.Notifications.Gateway;

/// <param name="EventType">The type of an event that is told of, or <c>digest</c>.</param>
/// <param name="Locale">A BCP 47 tag; <c>en</c> by default.</param>
/// <param name="Data">The event's value; the type's sample by default.</param>
/// <param name="Template">Sources that are not saved, in place of the service's own.</param>
internal sealed record TemplatePreviewBody(string? EventType, string? Channel, string? Locale, JsonElement? Data, TemplateSourceBody? Template);

/// <summary>Liquid, by part; what is not there is the service's own.</summary>
internal sealed record TemplateSourceBody(string? Subject, string? Text, string? Html);

/// <summary>What can be said of a preview without the templates.</summary>
internal sealed class TemplatePreviewRules : AbstractValidator<TemplatePreviewBody>
{
    public TemplatePreviewRules()
    {
        RuleFor(body => body.EventType).NotEmpty().WithMessage("is required: the type of an event, or digest.")
            .MaximumLength(100).WithMessage("must have at most 100 characters.").OverridePropertyName("eventType");
        RuleFor(body => body.Channel).Must(channel => channel is not null && Channels.All.Contains(channel))
            .WithMessage($"must be one of {string.Join(", ", Channels.All)}.").OverridePropertyName("channel");
        RuleFor(body => body.Locale).Must(locale => locale is null || Locales.IsTag(locale))
            .WithMessage("must be a BCP 47 tag, for example de or de-AT.").OverridePropertyName("locale");
        RuleFor(body => body.Data).Must(data => data is null or { ValueKind: JsonValueKind.Object } && !(data?.GetRawText().Length > PreviewNotification.MaxDataLength))
            .WithMessage($"must be an object of at most {PreviewNotification.MaxDataLength} characters.").OverridePropertyName("data");
        Source("template.subject", template => template.Subject);
        Source("template.text", template => template.Text);
        Source("template.html", template => template.Html);
    }

    private void Source(string member, Func<TemplateSourceBody, string?> part) =>
        RuleFor(body => body.Template).Must(template => template is null || !(part(template)?.Length > PreviewNotification.MaxSourceLength))
            .WithMessage($"must have at most {PreviewNotification.MaxSourceLength} characters.").OverridePropertyName(member);
}
