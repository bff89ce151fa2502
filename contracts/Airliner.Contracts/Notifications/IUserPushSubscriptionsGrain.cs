using Orleans.Concurrency;

namespace Airliner.Contracts.Notifications;

/// <summary>A user's Web Push subscriptions: the browsers that are told. Key: the user's id.</summary>
[Alias("airliner.IUserPushSubscriptionsGrain")]
public interface IUserPushSubscriptionsGrain : IGrainWithIntegerKey
{
    /// <summary>What browsers subscribe with, whoever's they are (<c>applicationServerKey</c>; RFC 8292): a point of P-256, uncompressed, in base64url.</summary>
    [ReadOnly]
    [Alias("GetPublicKey")]
    Task<string> GetPublicKey();

    /// <summary>
    /// Adds a subscription, unless the user has as many as a user may have. One of the same address gets the new keys, and is the other's no more whose it was: a
    /// browser has one, whoever is logged in there.
    /// </summary>
    [Alias("Add")]
    Task<AddPushSubscriptionResult> Add(AddPushSubscription command);

    /// <summary>The user's subscriptions, newest first.</summary>
    [ReadOnly]
    [Alias("List")]
    Task<IReadOnlyList<PushSubscriptionView>> List();

    /// <summary>Removes a subscription.</summary>
    /// <returns>Whether the user had it.</returns>
    [Alias("Remove")]
    Task<bool> Remove(string subscriptionId);
}
