using Airliner.Contracts;
using Airliner.Contracts.Limits;

namespace Airliner.Notifications.Grains.Recipients;

/// <summary>
/// What a user may be sent by one channel: as many at once as the limit says, and one more each time a share of its window has passed. Whoever finds none is
/// given the next that nobody waits for, so that those who wait do not all come back for the same one.
/// </summary>
internal sealed class SendPermits(LimitSettings limit)
{
    private readonly TimeSpan _share = limit.Window / limit.Permits;
    private readonly Dictionary<long, DateTimeOffset> _promised = [];

    /// <summary>When it is as if none had been taken.</summary>
    public DateTimeOffset FullAt { get; private set; }

    /// <summary>Takes a permit, unless it would come after <paramref name="latest"/>: then it is left to others.</summary>
    /// <returns>When the one that is kept for this notification is there, or would be; null where it has one now.</returns>
    public DateTimeOffset? Take(long notificationId, DateTimeOffset now, DateTimeOffset latest)
    {
        if (_promised.TryGetValue(notificationId, out var promised))
        {
            if (now < promised)
                return promised;
            _promised.Remove(notificationId);
            // One that was kept and not fetched is not saved up: a night's would all go in the morning.
            if (now - promised <= _share)
                return null;
        }

        var fullAt = (FullAt > now ? FullAt : now) + _share;
        var at = (fullAt - limit.Window).ToMicroseconds();
        if (at > now && at > latest)
            return at;
        FullAt = fullAt;
        if (at <= now)
            return null;
        _promised[notificationId] = at;
        return at;
    }

    /// <summary>Gives back one that was taken. Where that has come back by itself meanwhile, one more may go.</summary>
    public void GiveBack() => FullAt -= _share;
}
