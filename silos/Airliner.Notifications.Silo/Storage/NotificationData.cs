using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Persistence.Postgres.PersonalData;
using Npgsql;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>A user's notifications, with the mails in the pickup folder. Of an erased one the id, event, channel and status are left.</summary>
internal sealed class NotificationData([FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database, IGrainFactory grains)
    : RecordData<NotificationState>("notifications", database, NotificationTable.Table, (id, notification) => notification.ToView(id, withDeliveries: true))
{
    protected override Task EraseRecordAsync(long id) => grains.GetGrain<INotificationGrain>(id).Erase();
}
