using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains.Push;

/// <summary>The table of Web Push subscriptions.</summary>
internal interface IPushSubscriptions
{
    /// <summary>A user's subscriptions, newest first.</summary>
    Task<IReadOnlyList<PushSubscriptionView>> ListAsync(long userId, CancellationToken cancellationToken = default);

    /// <summary>A user's subscriptions, with what is needed to send to them.</summary>
    /// <exception cref="InvalidOperationException">They were sealed with another key.</exception>
    Task<IReadOnlyList<PushTarget>> FindTargetsAsync(long userId, CancellationToken cancellationToken);

    /// <summary>What a subscription of this address is called.</summary>
    string IdOf(string endpoint);

    /// <summary>Inserts a subscription, or takes over the one of its address.</summary>
    /// <returns>Null where the user was erased.</returns>
    Task<PushSubscriptionView?> SaveAsync(long userId, AddPushSubscription command, DateTimeOffset now);

    /// <returns>Whether the user had it.</returns>
    Task<bool> RemoveAsync(long userId, string subscriptionId, CancellationToken cancellationToken = default);
}

/// <summary>A subscription, and what messages to it are encrypted with.</summary>
internal sealed record PushTarget(string SubscriptionId, string Endpoint, byte[] P256dh, byte[] Auth)
{
    /// <summary>Names the subscription without its keys.</summary>
    public override string ToString() => $"PushTarget {{ {SubscriptionId} }}";
}
