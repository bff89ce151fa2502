using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Records;
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
        try
        {
            return await ReadAsync(filter, page);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or IOException)
        {
            throw new StorageUnavailableException($"{NotificationTable.Table.Name}: the list cannot be read ({error.Message}).");
        }
    }

    private async Task<Page<NotificationView>> ReadAsync(NotificationFilter filter, PageRequest page)
    {
        var limit = Math.Clamp(page.Limit, 1, PageRequest.MaxLimit);
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(PageOf(filter, page, limit));
        batch.BatchCommands.Add(CountOf(filter));
        await using var reader = await batch.ExecuteReaderAsync();

        var items = new List<NotificationView>(limit);
        var hasMore = false;
        while (await reader.ReadAsync())
        {
            if (items.Count == limit)
            {
                hasMore = true;
                break;
            }

            var row = NotificationTable.Table.Read(reader);
            items.Add(row.Record.ToView(row.Key, withDeliveries: false));
        }

        await reader.NextResultAsync();
        await reader.ReadAsync();
        return new Page<NotificationView>(items, reader.GetInt64(0), hasMore);
    }

    private static NpgsqlBatchCommand PageOf(NotificationFilter filter, PageRequest page, int limit)
    {
        var command = new NpgsqlBatchCommand();
        var where = Conditions(command, filter);
        if (page.Before is { } before)
            where.Add($"id < {Parameter(command, before)}");
        command.CommandText = $"""
            select {NotificationTable.Table.SelectList} from {NotificationTable.Table.Name} where {string.Join(" and ", where)}
            order by id desc limit {Parameter(command, limit + 1)} offset {Parameter(command, Math.Max(0, page.Offset))}
            """;
        return command;
    }

    private static NpgsqlBatchCommand CountOf(NotificationFilter filter)
    {
        var command = new NpgsqlBatchCommand();
        var where = string.Join(" and ", Conditions(command, filter));
        command.CommandText =
            $"select count(*) from (select 1 from {NotificationTable.Table.Name} where {where} limit {Parameter(command, Page<NotificationView>.CountedAtMost)}) counted";
        return command;
    }

    private static List<string> Conditions(NpgsqlBatchCommand command, NotificationFilter filter)
    {
        var where = new List<string> { "true" };
        if (filter.UserId is { } userId)
            where.Add($"user_id = {Parameter(command, userId)}");
        if (filter.Status is { } status)
            where.Add($"status = {Parameter(command, status)}");
        if (filter.Channel is { } channel)
            where.Add($"channel = {Parameter(command, channel)}");
        if (filter.EventType is { } eventType)
            where.Add($"event_type = {Parameter(command, eventType)}");
        return where;
    }

    private static string Parameter<T>(NpgsqlBatchCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return $"${command.Parameters.Count}";
    }
}
