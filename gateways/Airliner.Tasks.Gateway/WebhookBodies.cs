using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Requests;
using FluentValidation;

namespace Airliner.Tasks.Gateway;

/// <param name="Url">Where to post events to: https, and a public host.</param>
/// <param name="Events">The types of task events that it is told of.</param>
internal sealed record CreateWebhookBody(string? Url, IReadOnlyList<string>? Events);

/// <summary>What a new webhook must fulfil, beside the rule on addresses.</summary>
internal sealed class CreateWebhookRules : AbstractValidator<CreateWebhookBody>
{
    public CreateWebhookRules()
    {
        RuleFor(body => body.Url).NotEmpty().WithMessage("is required.").OverridePropertyName("url");
        RuleFor(body => body.Events).Must(events => events is { Count: > 0 } && events.All(TaskEventTypes.All.Contains))
            .WithMessage($"must be one or more of these: {string.Join(", ", TaskEventTypes.All)}.").OverridePropertyName("events");
    }
}

internal sealed record WebhooksAnswer(IReadOnlyList<WebhookView> Webhooks, Pagination Pagination);

internal sealed record WebhookSecretAnswer(WebhookSecret Webhook);

/// <summary>A webhook with the secret that its deliveries are signed with, which is shown this once.</summary>
/// <param name="Secret"><c>whsec_</c> and base64, as Standard Webhooks writes one.</param>
internal sealed record WebhookSecret(string WebhookId, string Url, IReadOnlyList<string> Events, string Status, DateTimeOffset CreatedAt, string Secret)
{
    public static WebhookSecret Of(WebhookView webhook, byte[] secret) =>
        new(webhook.WebhookId, webhook.Url, webhook.Events, webhook.Status, webhook.CreatedAt, WebhookSignature.SecretPrefix + Convert.ToBase64String(secret));

    /// <summary>Names the webhook without the secret.</summary>
    public override string ToString() => $"WebhookSecret {{ {WebhookId} }}";
}
