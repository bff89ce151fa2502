using System.Globalization;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Inbox;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Records;

namespace Airliner.Notifications.Silo.Inbox;

/// <summary>Those who wait for what changes in inboxes.</summary>
internal sealed class InboxWatch(InboxTable table, TimeProvider time, ILogger<InboxWatch> log)
    : TableWatch<InboxPosition>(time, log), IInboxWatch, ICommittedEvents
{
    // The key of a notification's events is its user. Where the change stands only the table knows.
    public void Committed(IReadOnlyList<OutboxEvent> events) => LookFor(events, raised => long.Parse(raised.Key, CultureInfo.InvariantCulture));

    protected override Task<IReadOnlyList<int>> FindNewsAsync(IReadOnlyList<(long Key, InboxPosition After)> known, CancellationToken cancellationToken) =>
        table.FindNewsAsync(known, cancellationToken);
}
