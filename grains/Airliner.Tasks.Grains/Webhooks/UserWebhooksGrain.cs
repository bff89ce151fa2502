using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Webhooks;

/// <summary>A user's webhooks: makes them one at a time, so that their number is exact. Key: user id. Store: none; reads the table of webhooks.</summary>
[GrainType("user-webhooks")]
[CollectionAgeLimit(Minutes = 2)]
internal sealed class UserWebhooksGrain(IWebhookIndex index, WebhookOptions options) : Grain, IUserWebhooksGrain
{
    public async Task<CreateWebhookResult> Create(CreateWebhook command)
    {
        var present = await index.ListAsync(command.UserId);
        var isRepeat = present.Any(webhook => webhook.WebhookId == command.WebhookId);
        return new(
            isRepeat || present.Count < options.MostPerUser ? await GrainFactory.GetGrain<IWebhookGrain>(command.WebhookId).Create(command) : null,
            options.MostPerUser);
    }

    public Task<IReadOnlyList<WebhookView>> List() => index.ListAsync(this.GetPrimaryKeyLong());
}
