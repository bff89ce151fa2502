namespace Airliner.Contracts.Notifications;

/// <summary>A notification that is due, as its recipient is asked about it.</summary>
/// <param name="Category">One of <see cref="NotificationCategories"/>.</param>
/// <param name="Channel">One of <see cref="Channels"/>.</param>
/// <param name="LeadsDigest">Whether it is itself the mail of a digest.</param>
/// <param name="HasPermit">Whether it was let through before, and reached nobody.</param>
/// <param name="WaitsUntil">How long it may wait for its turn where the user is sent too much; null for as long as that takes.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.DeliveryQuestion")]
public sealed record DeliveryQuestion(
    [property: Id(0)] long NotificationId,
    [property: Id(1)] string Category,
    [property: Id(2)] string Channel,
    [property: Id(3)] bool LeadsDigest,
    [property: Id(4)] bool HasPermit,
    [property: Id(5)] DateTimeOffset? WaitsUntil = null);

/// <summary>What is to become of a notification that is due.</summary>
public enum DeliveryDecision
{
    /// <summary>It goes now.</summary>
    Now,

    /// <summary>The user does not want it by this channel.</summary>
    Unwanted,

    /// <summary>It is due at another time.</summary>
    Later,

    /// <summary>It goes in a digest, which is due at another time: as its mail, or with it.</summary>
    InDigest,

    /// <summary>So much goes to the user by the channel that its turn would come too late.</summary>
    TooMany,
}

/// <summary>The recipient's answer.</summary>
/// <param name="Locale">The user's language, a BCP 47 tag.</param>
/// <param name="Phone">Where text messages go (E.164); null where nowhere.</param>
/// <param name="Unsubscribe">Where one click ends mails of its category (RFC 8058); null where they cannot be ended so.</param>
/// <param name="DueAt">When it is due, where that is not now.</param>
/// <param name="DigestId">The notification that is the mail of its digest; its own id where it is that itself.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.DeliveryTerms")]
public sealed record DeliveryTerms(
    [property: Id(0)] DeliveryDecision Decision,
    [property: Id(1)] string Locale,
    [property: Id(2)] string? Phone,
    [property: Id(3)] Uri? Unsubscribe,
    [property: Id(4)] DateTimeOffset? DueAt = null,
    [property: Id(5)] long? DigestId = null)
{
    /// <summary>Shows no phone number and no token.</summary>
    public override string ToString() => $"DeliveryTerms {{ {Decision}, {DueAt:O} }}";
}

/// <summary>What became of a digest, as one that joined it is told.</summary>
/// <param name="Status">That of the notification that is its mail.</param>
/// <param name="HasMember">Whether the one that asks was in the mail, as it was last tried.</param>
/// <param name="NextAttemptAt">When the mail is due; null once it has ended.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.DigestStanding")]
public sealed record DigestStanding(
    [property: Id(0)] string Status,
    [property: Id(1)] bool HasMember,
    [property: Id(2)] DateTimeOffset? NextAttemptAt,
    [property: Id(3)] DateTimeOffset? SentAt,
    [property: Id(4)] string? Recipient,
    [property: Id(5)] string? Subject,
    [property: Id(6)] string? ErrorMessage);

/// <summary>A notification's row was put off in favour of one call, which may deliver it: to all others it is not due meanwhile.</summary>
/// <param name="Version">The row's version with the claim.</param>
/// <param name="DueAt">When it was due.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.DeliveryClaim")]
public sealed record DeliveryClaim([property: Id(0)] long Version, [property: Id(1)] DateTimeOffset DueAt);
