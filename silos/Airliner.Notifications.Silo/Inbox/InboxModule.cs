using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Inbox;
using Airliner.Persistence.Postgres.Outbox;

namespace Airliner.Notifications.Silo.Inbox;

/// <summary>Registers what reads inboxes and those who watch them.</summary>
internal static class InboxModule
{
    public static IServiceCollection AddInbox(this IServiceCollection services) => services
        .AddSingleton<InboxTable>()
        .AddSingleton<IInboxTable>(provider => provider.GetRequiredService<InboxTable>())
        .AddSingleton<InboxWatch>()
        .AddSingleton<IInboxWatch>(provider => provider.GetRequiredService<InboxWatch>())
        .AddKeyedSingleton<ICommittedEvents>(NotificationState.Table, (provider, _) => provider.GetRequiredService<InboxWatch>())
        .AddHostedService(provider => provider.GetRequiredService<InboxWatch>());
}
