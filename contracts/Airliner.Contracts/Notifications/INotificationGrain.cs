using Orleans.Concurrency;

namespace Airliner.Contracts.Notifications;

/// <summary>One notification's life and its delivery attempts. Key: the notification's id.</summary>
[Alias("airliner.INotificationGrain")]
public interface INotificationGrain : IGrainWithIntegerKey
{
    /// <summary>The notification as it is committed, null where there is none. Answers while a delivery is under way.</summary>
    [AlwaysInterleave]
    [Alias("Get")]
    Task<NotificationView?> Get();

    /// <summary>What became of the digest of which this notification is the mail, for one that joined it; null where there is no such notification.</summary>
    [AlwaysInterleave]
    [Alias("GetDigest")]
    Task<DigestStanding?> GetDigest(long memberId);

    /// <summary>
    /// Tries to deliver it, when it is due; does nothing when it is not, or has ended. Lasts as long as the provider takes to answer. Silos of the version before claims call it.
    /// </summary>
    [ResponseTimeout("00:02:00")]
    [Alias("Deliver")]
    Task Deliver();

    /// <summary>Tries to deliver it for whoever has claimed it; does nothing where its row was written since. Lasts as long as the provider takes to answer.</summary>
    /// <param name="claim">Good for one call.</param>
    [ResponseTimeout("00:02:00")]
    [Alias("DeliverClaimed")]
    Task Deliver(DeliveryClaim claim);

    /// <summary>Marks an entry of the inbox as read. The first mark is kept: a repeat answers the same.</summary>
    /// <param name="userId">Whose entry it has to be.</param>
    [Alias("MarkRead")]
    Task<MarkReadResult> MarkRead(long userId);

    /// <summary>
    /// Clears whom it was for and what it said, with the mail where it is still in the pickup folder; one that waits is not sent any more. It can be repeated.
    /// </summary>
    [ResponseTimeout("00:02:00")]
    [Alias("Erase")]
    Task Erase();

    /// <summary>Takes note that it came back, when it was a mail that was sent. It can be repeated.</summary>
    /// <returns>The address that it went to, null where that is not known.</returns>
    [Alias("Bounce")]
    Task<string?> Bounce(string type, string reason);

    /// <summary>The same for the mail of one round alone: one that was sent before the last redrive changes nothing, and its address is not told.</summary>
    /// <param name="round">What its <c>Message-Id</c> has behind the notification's id; null for the mail before any redrive.</param>
    /// <inheritdoc cref="Bounce(string, string)"/>
    [Alias("BounceOfRound")]
    Task<string?> Bounce(string type, string reason, int? round);

    /// <summary>
    /// Has one that is dead, or came back, or was not sent for the mark of its mail address, tried again, at once and as long as a new one. The address is marked no
    /// longer.
    /// </summary>
    /// <param name="commandId">The command; a repeat of it redrives no second time.</param>
    [Alias("Redrive")]
    Task<RedriveResult> Redrive(string commandId);
}

/// <summary>Lists of notifications. Any key.</summary>
[Alias("airliner.INotificationQueriesGrain")]
public interface INotificationQueriesGrain : IGrainWithIntegerKey
{
    [Alias("List")]
    Task<Page<NotificationView>> List(NotificationFilter filter, PageRequest page);
}
