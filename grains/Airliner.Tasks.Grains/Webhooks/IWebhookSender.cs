namespace Airliner.Tasks.Grains.Webhooks;

/// <summary>Sends requests to the endpoints of webhooks, by the rule on addresses that users give.</summary>
internal interface IWebhookSender
{
    /// <summary>Sends one, and ends when its answer's status is there; whatever goes wrong at the other side is an answer.</summary>
    /// <exception cref="OperationCanceledException">The silo stops: it is not known whether it arrived.</exception>
    Task<WebhookAnswer> SendAsync(WebhookRequest request);
}

/// <summary>A request to an endpoint.</summary>
/// <param name="Id">Names the message: the same for every try.</param>
/// <param name="Secret">What it is signed with, when it goes out.</param>
internal sealed record WebhookRequest(string Url, string Id, byte[] Secret, byte[] Body);

/// <summary>How an endpoint answered.</summary>
/// <param name="Trouble">What is wrong, for the webhook's owner to read; null where the delivery was taken (2xx). Nothing of what the endpoint wrote.</param>
/// <param name="IsGone">Whether it says that there is nobody any more (410).</param>
/// <param name="RetryAfter">How long it wants to be left alone (429, 503).</param>
internal sealed record WebhookAnswer(string? Trouble, bool IsGone = false, TimeSpan? RetryAfter = null);
