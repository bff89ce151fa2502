namespace Airliner.Contracts.Notifications;

/// <summary>Has many notifications tried again. Any key.</summary>
[Alias("airliner.INotificationRedrivesGrain")]
public interface INotificationRedrivesGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Redrives notifications that are dead or came back and pass the filter, the newest first; not those of erased users, nor mails to an address that is marked as
    /// bounced. It can be repeated, and run at the same time as another: each notification decides for itself.
    /// </summary>
    /// <param name="filter">Its status is dead, failed, or null for both.</param>
    /// <param name="limit">How many at most, from 1 to <see cref="RedrivenNotifications.Most"/>.</param>
    /// <param name="commandId">The command, for each of the notifications.</param>
    [ResponseTimeout("00:00:30")]
    [Alias("RedriveMany")]
    Task<RedrivenNotifications> RedriveMany(NotificationFilter filter, int limit, string commandId);
}

/// <summary>How a redrive of one notification ended.</summary>
public enum RedriveOutcome
{
    /// <summary>It waits for its next attempt.</summary>
    Redriven,

    /// <summary>It is neither dead nor came back, and was not kept back for the mark of its mail address.</summary>
    HasNotFailed,

    /// <summary>Its user was deleted, and with the user what it said.</summary>
    UserWasErased,

    /// <summary>No such notification.</summary>
    NotFound,
}

/// <param name="Notification">The notification as it is now, null where there is none.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RedriveResult")]
public sealed record RedriveResult([property: Id(0)] RedriveOutcome Outcome, [property: Id(1)] NotificationView? Notification = null);

/// <summary>What a redrive of many notifications has done.</summary>
/// <param name="Redriven">How many were redriven.</param>
/// <param name="Left">How many more could be; exact up to <see cref="Page{T}.CountedAtMost"/>.</param>
/// <param name="LeftIsEstimate">Whether <paramref name="Left"/> is an estimate.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RedrivenNotifications")]
public sealed record RedrivenNotifications([property: Id(0)] int Redriven, [property: Id(1)] long Left, [property: Id(2)] bool LeftIsEstimate = false)
{
    /// <summary>Notifications that one call redrives at most.</summary>
    public const int Most = 1000;
}
