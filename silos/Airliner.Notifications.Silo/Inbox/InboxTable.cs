using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Inbox;
using Airliner.Notifications.Silo.Storage;
using Airliner.Persistence.Postgres.Records;
using Npgsql;
using NpgsqlTypes;

namespace Airliner.Notifications.Silo.Inbox;

/// <summary>
/// Reads inboxes. A change is shown once every transaction that began before its own has ended, so that nothing comes to stand before what was shown: then its
/// place is a position to resume from, exactly.
/// </summary>
internal sealed class InboxTable([FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database) : IInboxTable
{
    private const string IsEntry = $"channel = '{Channels.InApp}' and status = '{NotificationStatuses.Sent}'";
    private const string Horizon = "pg_snapshot_xmin(pg_current_snapshot())";

    private const string CountUnread = $"select count(*) from notifications where user_id = $1 and {IsEntry} and read_at is null";

    /// <remarks>In one snapshot: what is not counted stands behind the horizon.</remarks>
    private const string CountAndHorizon = $"select {Horizon}, ({CountUnread})";

    private static readonly string _changes = $"""
        select {NotificationTable.Table.SelectList}, changed_in from notifications
        where user_id = $1 and {IsEntry} and (changed_in, id) > ($2, $3) and changed_in < {Horizon} order by changed_in, id limit {PageRequest.MaxLimit + 1}
        """;

    private const string FindNews = $"""
        select place from unnest($1::bigint[], $2::xid8[], $3::bigint[]) with ordinality as known (user_id, transaction, id, place)
        where exists (
            select from notifications where notifications.user_id = known.user_id and {IsEntry} and (changed_in, notifications.id) > (known.transaction, known.id)
                and changed_in < {Horizon})
        """;

    public Task<long> CountUnreadAsync(long userId) => DatabaseQuestions.AskAsync(NotificationState.Table, async () =>
    {
        await using var command = database.CreateCommand(CountUnread);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        return (long)(await command.ExecuteScalarAsync())!;
    });

    public Task<InboxNews> ReadAsync(long userId, InboxPosition? after) => DatabaseQuestions.AskAsync(NotificationState.Table, async () =>
    {
        await using var connection = await database.OpenConnectionAsync();
        var changes = after is { } known ? await ReadChangesAsync(connection, userId, known) : [];
        // After the changes: what they tell of is in the count.
        var (horizon, unread) = await ReadCountAsync(connection, userId);
        var hasMore = changes.Count > PageRequest.MaxLimit;
        if (hasMore)
            changes.RemoveAt(PageRequest.MaxLimit);
        // A position beyond the horizon is of another database, of which this one is a copy: nothing would come after it for long.
        var position = after is { } given && given.Transaction <= horizon ? given : new InboxPosition(horizon, 0);
        return new InboxNews(changes, hasMore, unread, changes.Count > 0 ? changes[^1].Position : position);
    });

    /// <summary>Which of the inboxes have changed after the positions that are known: their places in the list.</summary>
    public Task<IReadOnlyList<int>> FindNewsAsync(IReadOnlyList<(long UserId, InboxPosition After)> known, CancellationToken cancellationToken) =>
        DatabaseQuestions.AskAsync<IReadOnlyList<int>>(NotificationState.Table, async () =>
        {
            await using var command = database.CreateCommand(FindNews);
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. known.Select(one => one.UserId)] });
            command.Parameters.Add(new NpgsqlParameter<ulong[]>
            {
                TypedValue = [.. known.Select(one => one.After.Transaction)],
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Xid8,
            });
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. known.Select(one => one.After.NotificationId)] });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var places = new List<int>();
            while (await reader.ReadAsync(cancellationToken))
                places.Add((int)reader.GetInt64(0) - 1);
            return places;
        });

    private static async Task<List<InboxChange>> ReadChangesAsync(NpgsqlConnection connection, long userId, InboxPosition after)
    {
        await using var command = new NpgsqlCommand(_changes, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        command.Parameters.Add(new NpgsqlParameter<ulong> { TypedValue = after.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after.NotificationId });
        await using var reader = await command.ExecuteReaderAsync();
        var changes = new List<InboxChange>();
        while (await reader.ReadAsync())
        {
            var row = NotificationTable.Table.Read(reader);
            var position = new InboxPosition(reader.GetFieldValue<ulong>(reader.FieldCount - 1), row.Key);
            changes.Add(new(position, row.Record.ToView(row.Key, withDeliveries: false)));
        }

        return changes;
    }

    private static async Task<(ulong Horizon, long Unread)> ReadCountAsync(NpgsqlConnection connection, long userId)
    {
        await using var command = new NpgsqlCommand(CountAndHorizon, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetFieldValue<ulong>(0), reader.GetInt64(1));
    }
}
