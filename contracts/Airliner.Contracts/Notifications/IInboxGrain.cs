namespace Airliner.Contracts.Notifications;

/// <summary>Reads users' inboxes, and waits for what changes in them. Any key: a caller with many streams spreads them over a few.</summary>
[Alias("airliner.IInboxGrain")]
public interface IInboxGrain : IGrainWithIntegerKey
{
    /// <summary>How many entries of a user's inbox are not read; exact.</summary>
    [Alias("CountUnread")]
    Task<long> CountUnread(long userId);

    /// <summary>What has changed in a user's inbox.</summary>
    /// <param name="after">
    /// Changes after this position. Null for none, but for the position from where on all are seen; so too for a position of another life of the database.
    /// </param>
    [Alias("Read")]
    Task<InboxNews> Read(long userId, InboxPosition? after);

    /// <summary>The same as soon as anything has changed after a position; null where nothing did for some seconds.</summary>
    [ResponseTimeout("00:00:08")]
    [Alias("Wait")]
    Task<InboxNews?> Wait(long userId, InboxPosition after);
}
