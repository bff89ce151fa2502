using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Records;
using Npgsql;
using Orleans.Concurrency;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>Lists of notifications, by keyset from the table that their grains commit to. Any key.</summary>
[GrainType("notification-queries")]
[Reentrant]
[StatelessWorker]
internal sealed class NotificationQueriesGrain([FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database)
    : Grain, INotificationQueriesGrain
{
    /// <inheritdoc/>
    /// <exception cref="StorageUnavailableException">The database is away.</exception>
    public async Task<Page<NotificationView>> List(NotificationFilter filter, PageRequest page)
    {
        var notifications = await ListOf(filter).ReadAsync(database, NotificationTable.Table, page);
        return notifications.Select(row => row.Record.ToView(row.Key, withDeliveries: false));
    }

    /// <summary>The notifications that pass the filter.</summary>
    internal static RecordList ListOf(NotificationFilter filter)
    {
        var list = new RecordList()
            .Where("user_id = @", filter.UserId)
            .Where("status = @", filter.Status)
            .Where("channel = @", filter.Channel)
            .Where("event_type = @", filter.EventType);
        return filter.Unread is { } unread
            ? list.Where("channel = @", Channels.InApp).Where("status = @", NotificationStatuses.Sent).Where("(read_at is null) = @", (bool?)unread)
            : list;
    }
}
