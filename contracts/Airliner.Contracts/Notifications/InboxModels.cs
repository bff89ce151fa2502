using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Airliner.Contracts.Notifications;

/// <summary>How an attempt to mark a notification as read ended.</summary>
public enum MarkReadOutcome
{
    Read,
    NotFound,

    /// <summary>It is no entry of the inbox: it goes by another channel, or was never posted.</summary>
    NotInInbox,
}

/// <param name="Notification">As it stands; null where it was not found.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.MarkReadResult")]
public sealed record MarkReadResult([property: Id(0)] MarkReadOutcome Outcome, [property: Id(1)] NotificationView? Notification = null);

/// <summary>
/// A place in the order in which inboxes change: that of the transactions that changed them, and within one of the ids. Every change before it is known, and none
/// comes there any more.
/// </summary>
/// <param name="Transaction">PostgreSQL's number of the transaction (<c>xid8</c>).</param>
/// <param name="NotificationId">The entry's id; 0 before the first of the transaction.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.InboxPosition")]
public readonly record struct InboxPosition([property: Id(0)] ulong Transaction, [property: Id(1)] long NotificationId)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out InboxPosition? position)
    {
        ArgumentNullException.ThrowIfNull(text);
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        position = dash > 0
            && ulong.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var transaction)
            && long.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new InboxPosition(transaction, id)
            : null;
        return position is not null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Transaction}-{NotificationId}");
}

/// <summary>An entry that was posted, or marked as read.</summary>
/// <param name="Position">Where the change stands; that of the entry's last one.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.InboxChange")]
public sealed record InboxChange([property: Id(0)] InboxPosition Position, [property: Id(1)] NotificationView Entry);

/// <summary>What has changed in an inbox.</summary>
/// <param name="Changes">In their order, at most 200. An entry that changed twice is there once, as it is now.</param>
/// <param name="HasMore">Whether more has changed already.</param>
/// <param name="Unread">How many entries are not read.</param>
/// <param name="Position">Up to where the changes are known.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.InboxNews")]
public sealed record InboxNews(
    [property: Id(0)] IReadOnlyList<InboxChange> Changes, [property: Id(1)] bool HasMore, [property: Id(2)] long Unread, [property: Id(3)] InboxPosition Position);
