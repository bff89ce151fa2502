using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Bounces;
using Airliner.Persistence.Postgres.PersonalData;
using Npgsql;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>A user's notifications, with the mails in the pickup folder and the marks of addresses that they went to. Of an erased one the id, event, channel and status are left.</summary>
internal sealed class NotificationData([FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database, IGrainFactory grains, IBouncedAddresses bounced)
    : RecordData<NotificationState>("notifications", database, NotificationTable.Table, (id, notification) => notification.ToView(id, withDeliveries: true))
{
    public override async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        // First: an erasure that is repeated finds the recipients gone.
        await bounced.UnmarkRecipientsOfAsync(userId);
        await base.EraseAsync(userId, cancellationToken);
    }

    protected override Task EraseRecordAsync(long id) => grains.GetGrain<INotificationGrain>(id).Erase();
}
