using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Silo;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Airliner.Notifications.Tests.Inbox;

/// <summary>Entries of the inbox are read, counted, and watched by any number of devices, whichever silo commits a change.</summary>
public sealed class InboxTests(PostgresServer server) : IAsyncLifetime
{
    private const long Ada = 1001;
    private const long Bea = 1002;

    private NotificationSilo _silo = null!;

    public async ValueTask InitializeAsync() => _silo = await NotificationSilo.StartAsync(server);

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private IInboxGrain Inbox => _silo.Grains.GetGrain<IInboxGrain>(0);

    private NpgsqlDataSource Database => _silo.Services.GetRequiredKeyedService<NpgsqlDataSource>(NotificationsModule.Service);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_is_read_once_however_often_it_is_marked()
    {
        var id = await PostAsync("event-1");

        var first = await _silo.Notification(id).MarkRead(Ada);
        var second = await _silo.Notification(id).MarkRead(Ada);

        Assert.Equal((MarkReadOutcome.Read, MarkReadOutcome.Read), (first.Outcome, second.Outcome));
        Assert.NotNull(first.Notification!.ReadAt);
        Assert.Equal(first.Notification.ReadAt, second.Notification!.ReadAt);
        Assert.Equal(first.Notification.ReadAt, (await _silo.Notification(id).Get())!.ReadAt);
    }

    [Fact]
    public async Task Only_its_user_marks_an_entry_and_only_what_is_in_the_inbox_is_marked()
    {
        _silo.Users.Add(Ada, "ada@example.org");
        var id = await PostAsync("event-1");
        await _silo.TakeAsync(("event-2", "user_registered", $$"""{"userId":{{Ada}},"firstName":"Ada"}"""));
        var mail = await _silo.FindAsync("event-2", Channels.Email);

        Assert.Equal(MarkReadOutcome.NotFound, (await _silo.Notification(id).MarkRead(Bea)).Outcome);
        Assert.Equal(MarkReadOutcome.NotFound, (await _silo.Notification(999).MarkRead(Ada)).Outcome);
        Assert.Equal(MarkReadOutcome.NotInInbox, (await _silo.Notification(mail.NotificationId).MarkRead(Ada)).Outcome);
        Assert.Null((await _silo.Notification(id).Get())!.ReadAt);
        Assert.Null((await _silo.Notification(mail.NotificationId).Get())!.ReadAt);
    }

    [Fact]
    public async Task What_is_not_read_is_counted_and_listed()
    {
        var read = await PostAsync("event-1");
        await PostAsync("event-2");
        await PostAsync("event-3", Bea);
        await PostAsync("event-4");
        await ExecuteAsync("update notifications set status = 'suppressed' where event_id = 'event-4'");
        await _silo.Notification(read).MarkRead(Ada);

        Assert.Equal(1, await Inbox.CountUnread(Ada));
        Assert.Equal(1, await Inbox.CountUnread(Bea));
        Assert.Equal(0, await Inbox.CountUnread(1003));
        Assert.Equal(["event-2"], await ListAsync(new(Ada, Unread: true)));
        Assert.Equal(["event-1"], await ListAsync(new(Ada, Unread: false)));
        Assert.Equal(["event-3", "event-2"], await ListAsync(new(Unread: true)));
    }

    [Fact]
    public async Task A_watcher_hears_of_an_entry_and_of_its_mark()
    {
        var start = (await Inbox.Read(Ada, null)).Position;
        var id = await PostAsync("event-1");
        await PostAsync("event-2", Bea);

        var posted = await NextAsync(start);
        Assert.Equal((id, null, 1), (Assert.Single(posted.Changes).Entry.NotificationId, posted.Changes[0].Entry.ReadAt, posted.Unread));

        var waiting = NextAsync(posted.Position);
        var marked = (await _silo.Notification(id).MarkRead(Ada)).Notification!;
        var read = await waiting;
        Assert.Equal((id, marked.ReadAt, 0), (Assert.Single(read.Changes).Entry.NotificationId, read.Changes[0].Entry.ReadAt, read.Unread));
        Assert.Empty((await Inbox.Read(Ada, read.Position)).Changes);
    }

    [Fact]
    public async Task What_was_posted_before_the_first_look_is_counted_and_not_told()
    {
        await PostAsync("event-1");
        await SettledAsync();

        var start = await Inbox.Read(Ada, null);
        Assert.Equal((0, false, 1), (start.Changes.Count, start.HasMore, start.Unread));
        Assert.Empty((await Inbox.Read(Ada, start.Position)).Changes);
    }

    [Fact]
    public async Task An_entry_whose_transaction_ends_after_a_later_one_s_is_not_missed()
    {
        var start = (await Inbox.Read(Ada, null)).Position;
        await using var connection = await Database.OpenConnectionAsync(Cancel);
        await using var slow = await connection.BeginTransactionAsync(Cancel);
        await using (var insert = new NpgsqlCommand(Row(5_000_000, "event-slow"), connection, slow))
            await insert.ExecuteNonQueryAsync(Cancel);
        var later = await PostAsync("event-later");

        // What a resumed stream would pass over must not be shown yet.
        Assert.Empty((await Inbox.Read(Ada, start)).Changes);
        Assert.Equal(1, await Inbox.CountUnread(Ada));

        await slow.CommitAsync(Cancel);
        Assert.Equal([5_000_000, later], (await AllAsync(start, count: 2)).Select(change => change.Entry.NotificationId));
    }

    [Fact]
    public async Task What_another_silo_commits_is_found_in_the_table()
    {
        var waiting = NextAsync((await Inbox.Read(Ada, null)).Position);

        await ExecuteAsync(Row(5_000_000, "event-1"));

        Assert.Equal(5_000_000, Assert.Single((await waiting).Changes).Entry.NotificationId);
    }

    [Fact]
    public async Task Each_change_is_a_place_to_go_on_from_and_many_come_in_parts()
    {
        var start = (await Inbox.Read(Ada, null)).Position;
        await _silo.TakeAsync([.. Enumerable.Range(1, 250).Select(i => ($"event-{i}", "task_created", $$"""{"userId":{{Ada}},"taskId":{{i}}}"""))]);

        var all = await AllAsync(start, count: 250);

        Assert.Equal(250, all.Select(change => change.Entry.NotificationId).Distinct().Count());
        var first = await Inbox.Read(Ada, start);
        Assert.Equal((200, true), (first.Changes.Count, first.HasMore));
        Assert.Equal(all[100].Position, (await Inbox.Read(Ada, all[99].Position)).Changes[0].Position);
    }

    [Fact]
    public async Task A_position_of_another_life_of_the_database_is_begun_anew()
    {
        var news = await Inbox.Read(Ada, new InboxPosition(1UL << 50, 7));
        var id = await PostAsync("event-1");

        Assert.Empty(news.Changes);
        Assert.Equal(id, Assert.Single((await NextAsync(news.Position)).Changes).Entry.NotificationId);
    }

    [Fact]
    public async Task The_count_and_the_changes_are_read_by_their_indexes()
    {
        await _silo.TakeAsync([.. Enumerable.Range(1, 400).Select(i => ($"event-{i}", "task_created", $$"""{"userId":{{Ada}},"taskId":{{i}}}"""))]);
        await ExecuteAsync("update notifications set read_at = now() where event_id <> 'event-1'");
        await ExecuteAsync("analyze notifications");

        Assert.Contains("notifications_unread_idx", await PlanAsync(
            "select count(*) from notifications where user_id = 1001 and channel = 'inapp' and status = 'sent' and read_at is null"), StringComparison.Ordinal);
        Assert.Contains("notifications_inbox_idx", await PlanAsync(
            """
            select id from notifications where user_id = 1001 and channel = 'inapp' and status = 'sent' and (changed_in, id) > ('1000000000', 0)
                and changed_in < pg_snapshot_xmin(pg_current_snapshot()) order by changed_in, id
            """), StringComparison.Ordinal);
    }

    /// <summary>Posts one entry.</summary>
    private async Task<long> PostAsync(string eventId, long userId = Ada)
    {
        Assert.Empty(await _silo.TakeAsync((eventId, "task_created", $$"""{"userId":{{userId}},"taskId":1}""")));
        return (await _silo.FindAsync(eventId, Channels.InApp)).NotificationId;
    }

    /// <summary>Waits as gateways do, who ask again.</summary>
    private async Task<InboxNews> NextAsync(InboxPosition after)
    {
        while (true)
        {
            if (await Inbox.Wait(Ada, after) is { } news)
                return news;
        }
    }

    private async Task<List<InboxChange>> AllAsync(InboxPosition after, int count)
    {
        var seen = new List<InboxChange>();
        while (seen.Count < count)
        {
            var news = await NextAsync(seen.Count > 0 ? seen[^1].Position : after);
            seen.AddRange(news.Changes);
        }

        return seen;
    }

    /// <summary>Waits until no transaction is under way that began before now: others' tests share the server.</summary>
    private async Task SettledAsync()
    {
        var now = await ScalarAsync<long>("select pg_current_xact_id()::text::bigint");
        while (await ScalarAsync<long>("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint") <= now)
            await Task.Delay(20, Cancel);
    }

    private async Task<string[]> ListAsync(NotificationFilter filter) => [.. (await _silo.Queries.List(filter, new PageRequest(50, null, 0))).Items.Select(item => item.EventId)];

    private static string Row(long id, string eventId) =>
        $$"""
        insert into notifications (id, version, event_sequence, event_id, event_type, user_id, channel, status, attempts, deliveries, data, created_at)
        values ({{id}}, 1, 0, '{{eventId}}', 'task_created', {{Ada}}, 'inapp', 'sent', 0, '[]', '{}', now())
        """;

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private async Task<string> PlanAsync(string sql)
    {
        await using var batch = Database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("set local enable_seqscan = off"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"explain (format json) {sql}"));
        await using var reader = await batch.ExecuteReaderAsync(Cancel);
        await reader.ReadAsync(Cancel);
        return reader.GetString(0);
    }
}
