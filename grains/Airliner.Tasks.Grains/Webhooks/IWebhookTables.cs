using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Webhooks;

/// <summary>The table of webhooks, for what is found otherwise than by its id.</summary>
internal interface IWebhookIndex
{
    /// <summary>A user's webhooks, newest first.</summary>
    Task<IReadOnlyList<WebhookView>> ListAsync(long userId, CancellationToken cancellationToken = default);
}

/// <summary>The table of deliveries.</summary>
internal interface IWebhookDeliveries
{
    /// <summary>What is due to a webhook, the oldest first.</summary>
    Task<IReadOnlyList<WebhookDelivery>> FindDueAsync(string webhookId, DateTimeOffset now, int limit);

    /// <summary>Keeps what tries came to. It can be repeated.</summary>
    Task SaveAsync(string webhookId, IReadOnlyList<TriedDelivery> tried);

    /// <summary>Gives up all that was still to be delivered to a webhook.</summary>
    Task GiveUpAsync(string webhookId);
}
