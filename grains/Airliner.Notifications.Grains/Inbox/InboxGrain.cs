using Airliner.Contracts.Notifications;
using Orleans.Concurrency;

namespace Airliner.Notifications.Grains.Inbox;

/// <summary>Reads inboxes, now or as they change. Key: any. Store: none; reads the table <c>notifications</c>.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("inbox")]
internal sealed class InboxGrain(IInboxTable table, IInboxWatch watch) : Grain, IInboxGrain
{
    public Task<long> CountUnread(long userId) => table.CountUnreadAsync(userId);

    public Task<InboxNews> Read(long userId, InboxPosition? after) => table.ReadAsync(userId, after);

    public async Task<InboxNews?> Wait(long userId, InboxPosition after) =>
        await watch.HasNewsAsync(userId, after) ? await table.ReadAsync(userId, after) : null;
}
