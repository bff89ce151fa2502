using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.PersonalData;
using Airliner.Notifications.Grains;
using Airliner.Persistence.Postgres.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>A user's notifications, with the mails in the pickup folder. Of an erased one the id, event, channel and status are left.</summary>
internal sealed class NotificationData([FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database, IGrainFactory grains) : IPersonalDataSource
{
    public string Name => "notifications";

    public async Task<JsonNode?> ExportAsync(long userId, CancellationToken cancellationToken)
    {
        var notifications = new JsonArray();
        await foreach (var notification in Of(userId, cancellationToken))
            notifications.Add(JsonSerializer.SerializeToNode(notification.Record.ToView(notification.Key, withDeliveries: true), AirlinerJson.Options));
        return notifications;
    }

    public async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        await ErasedUsers.KeepOutAsync(database, userId, cancellationToken);
        await Parallel.ForEachAsync(
            Of(userId, cancellationToken),
            PersonalDataSources.Bounded(cancellationToken),
            async (notification, _) => await grains.GetGrain<INotificationGrain>(notification.Key).Erase());
    }

    private IAsyncEnumerable<StoredRecord<long, NotificationState>> Of(long userId, CancellationToken cancellationToken) =>
        new RecordList().Where("user_id =", (long?)userId).ReadAllAsync(database, NotificationTable.Table, cancellationToken);
}
