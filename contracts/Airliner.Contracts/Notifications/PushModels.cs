namespace Airliner.Contracts.Notifications;

/// <summary>A subscription of a browser (W3C Push API), validated by the gateway.</summary>
/// <param name="Endpoint">Fulfils the rule on addresses that users give.</param>
/// <param name="P256dh">The browser's key: a point of P-256, uncompressed, 65 bytes.</param>
/// <param name="Auth">The secret that authenticates messages to the browser, 16 bytes (RFC 8291).</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.AddPushSubscription")]
public sealed record AddPushSubscription([property: Id(0)] string Endpoint, [property: Id(1)] byte[] P256dh, [property: Id(2)] byte[] Auth)
{
    /// <summary>Shows neither address nor keys: who has them can send to the browser.</summary>
    public override string ToString() => "AddPushSubscription";
}

/// <summary>How adding a subscription ended.</summary>
public enum AddPushSubscriptionOutcome
{
    Added,

    /// <summary>The user has it already; its keys are the new ones.</summary>
    Renewed,

    /// <summary>The user has as many as a user may have.</summary>
    TooMany,

    /// <summary>The user was deleted.</summary>
    UserIsErased,
}

/// <param name="Subscription">Null where there is none.</param>
/// <param name="MostPerUser">How many a user may have.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.AddPushSubscriptionResult")]
public sealed record AddPushSubscriptionResult(
    [property: Id(0)] AddPushSubscriptionOutcome Outcome, [property: Id(1)] PushSubscriptionView? Subscription, [property: Id(2)] int MostPerUser);

/// <summary>A subscription as its owner sees it, without its keys.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.PushSubscriptionView")]
public sealed record PushSubscriptionView([property: Id(0)] string SubscriptionId, [property: Id(1)] string Endpoint, [property: Id(2)] DateTimeOffset CreatedAt);
