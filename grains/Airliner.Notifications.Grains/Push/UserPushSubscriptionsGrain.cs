using Airliner.Contracts;
using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains.Push;

/// <summary>
/// A user's Web Push subscriptions: adds them one at a time, so that their number is exact. Key: user id. Store: none; reads and writes the table of subscriptions.
/// </summary>
[GrainType("user-push-subscriptions")]
[CollectionAgeLimit(Minutes = 2)]
internal sealed class UserPushSubscriptionsGrain(IPushSubscriptions subscriptions, VapidKey key, PushOptions options, TimeProvider time)
    : Grain, IUserPushSubscriptionsGrain
{
    private long UserId => this.GetPrimaryKeyLong();

    public Task<string> GetPublicKey() => Task.FromResult(key.PublicKey);

    public async Task<AddPushSubscriptionResult> Add(AddPushSubscription command)
    {
        var present = await subscriptions.ListAsync(UserId);
        var isKnown = present.Any(one => one.SubscriptionId == subscriptions.IdOf(command.Endpoint));
        if (!isKnown && present.Count >= options.MostPerUser)
            return new(AddPushSubscriptionOutcome.TooMany, null, options.MostPerUser);
        var saved = await subscriptions.SaveAsync(UserId, command, time.Now());
        var outcome = saved is null ? AddPushSubscriptionOutcome.UserIsErased : isKnown ? AddPushSubscriptionOutcome.Renewed : AddPushSubscriptionOutcome.Added;
        return new(outcome, saved, options.MostPerUser);
    }

    public Task<IReadOnlyList<PushSubscriptionView>> List() => subscriptions.ListAsync(UserId);

    public Task<bool> Remove(string subscriptionId) => subscriptions.RemoveAsync(UserId, subscriptionId);
}
