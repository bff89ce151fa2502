using Orleans.Concurrency;

namespace Airliner.Contracts.Tasks;

/// <summary>One webhook: an endpoint of a user that is told of the user's tasks. Key: the webhook's id.</summary>
[Alias("airliner.IWebhookGrain")]
public interface IWebhookGrain : IGrainWithStringKey
{
    /// <summary>Makes the webhook. The same command again answers the same webhook.</summary>
    [Alias("Create")]
    Task<WebhookView> Create(CreateWebhook command);

    /// <summary>Deletes the webhook with all that was still to be delivered to it.</summary>
    /// <returns>Whether that user had it.</returns>
    [Alias("Delete")]
    Task<bool> Delete(long userId);

    /// <summary>Delivers what is due. May be lost: what is due is found in the table again.</summary>
    [OneWay]
    [AlwaysInterleave]
    [Alias("Deliver")]
    Task Deliver();
}

/// <summary>A user's webhooks. Key: the user's id.</summary>
[Alias("airliner.IUserWebhooksGrain")]
public interface IUserWebhooksGrain : IGrainWithIntegerKey
{
    /// <summary>Makes a webhook, unless the user has as many as a user may have. The same command again answers the same webhook.</summary>
    [Alias("Create")]
    Task<CreateWebhookResult> Create(CreateWebhook command);

    /// <summary>The user's webhooks, newest first.</summary>
    [ReadOnly]
    [Alias("List")]
    Task<IReadOnlyList<WebhookView>> List();
}
