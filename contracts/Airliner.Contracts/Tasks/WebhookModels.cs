namespace Airliner.Contracts.Tasks;

/// <summary>A webhook to make, validated by the gateway.</summary>
/// <param name="WebhookId">Allocated before the first try: it names the command as well.</param>
/// <param name="Url">Fulfils the rule on addresses that users give.</param>
/// <param name="Events">Some of <see cref="TaskEventTypes.All"/>, each once.</param>
/// <param name="Secret">The key that deliveries are signed with, 24–64 bytes (Standard Webhooks).</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CreateWebhook")]
public sealed record CreateWebhook(
    [property: Id(0)] string WebhookId,
    [property: Id(1)] long UserId,
    [property: Id(2)] string Url,
    [property: Id(3)] IReadOnlyList<string> Events,
    [property: Id(4)] byte[] Secret)
{
    /// <summary>Names the webhook without the secret.</summary>
    public override string ToString() => $"CreateWebhook {{ {WebhookId} }}";
}

/// <summary>How a create ended.</summary>
/// <param name="Webhook">The webhook; null where the user has as many as a user may have.</param>
/// <param name="MostPerUser">How many a user may have.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CreateWebhookResult")]
public sealed record CreateWebhookResult([property: Id(0)] WebhookView? Webhook, [property: Id(1)] int MostPerUser);

/// <summary>A webhook as its owner sees it. Its secret was shown when it was made, and never again.</summary>
/// <param name="Status">One of <see cref="WebhookStatuses"/>.</param>
/// <param name="LastSuccessAt">When a delivery was last taken, to the minute.</param>
/// <param name="LastFailureAt">When all deliveries of a try last failed.</param>
/// <param name="LastError">Why they did: the status or the trouble, never what the endpoint answered.</param>
/// <param name="FailingSince">Since when nothing was taken; null while deliveries are.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.WebhookView")]
public sealed record WebhookView(
    [property: Id(0)] string WebhookId,
    [property: Id(1)] string Url,
    [property: Id(2)] IReadOnlyList<string> Events,
    [property: Id(3)] string Status,
    [property: Id(4)] DateTimeOffset CreatedAt,
    [property: Id(5)] DateTimeOffset? LastSuccessAt,
    [property: Id(6)] DateTimeOffset? LastFailureAt,
    [property: Id(7)] string? LastError,
    [property: Id(8)] DateTimeOffset? FailingSince);

/// <summary>What a webhook's status may be.</summary>
public static class WebhookStatuses
{
    public const string Active = "active";

    /// <summary>It failed for too long, or answered that it is gone (410). Delete it and make another.</summary>
    public const string Disabled = "disabled";
}
