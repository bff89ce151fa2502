using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains.Inbox;

/// <summary>Users' inboxes in the table of notifications. The database itself notes which transaction changes an entry.</summary>
internal interface IInboxTable
{
    Task<long> CountUnreadAsync(long userId);

    /// <inheritdoc cref="IInboxGrain.Read"/>
    Task<InboxNews> ReadAsync(long userId, InboxPosition? after);
}

/// <summary>Waits for what changes in inboxes, whichever silo commits it.</summary>
internal interface IInboxWatch
{
    /// <summary>Whether an inbox has changed after a position: at once where it has, else after some seconds of nothing.</summary>
    Task<bool> HasNewsAsync(long userId, InboxPosition after);
}
