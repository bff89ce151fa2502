using System.Text.Json;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Silo.Storage;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Notifications.Tests.Storage;

public sealed class NotificationTableTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly DateTimeOffset _now = new(2025, 1, 2, 3, 4, 5, 678, 901, TimeSpan.Zero);

    private static readonly NotificationState _full = new()
    {
        EventId = "event-1",
        EventType = "user_registered",
        UserId = 1001,
        Channel = Channels.Email,
        Recipient = "ada@example.org",
        Subject = "Grüße, Ada 😀",
        Status = NotificationStatuses.Dead,
        Attempts = 2,
        Deliveries = [new(_now, "smtp://mail:25", "451 later", null), new(_now.AddSeconds(7), "folder", null, "a.eml")],
        Data = """{"firstName": "Zoë"}""",
        CreatedAt = _now.AddDays(-1),
        SentAt = _now.AddHours(1),
        NextAttemptAt = _now.AddHours(2),
        ErrorMessage = "451 later",
        RedrivenAt = _now.AddHours(3),
        RedriveCommand = "command-1",
        AttemptsBefore = 1,
        DigestId = 1000,
        DigestMembers = [1001, 1002],
        ReadAt = _now.AddHours(3),
    };

    private NpgsqlDataSource _database = null!;

    public async ValueTask InitializeAsync() => _database = RecordsModule.DataSource(await Schema.CreateAsync(server));

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Every_column_is_read_as_it_was_inserted_and_as_it_was_updated()
    {
        await using var writer = Storage();
        await using var reader = Storage();
        var empty = new NotificationState { EventId = "event-2", CreatedAt = _now };

        await writer.InsertNewAsync([new(1000, _full), new(1001, empty)], TestContext.Current.CancellationToken);
        AssertSame(_full, (await ReadAsync(reader, 1000)).State!);
        var second = await ReadAsync(reader, 1001);
        AssertSame(empty, second.State!);

        second.State = _full with { EventId = "event-3" };
        await reader.WriteStateAsync("notification", Id(1001), second);
        var updated = await ReadAsync(writer, 1001);
        AssertSame(_full with { EventId = "event-3" }, updated.State!);
        Assert.Equal("2", updated.ETag);
    }

    [Fact]
    public async Task An_event_has_one_notification_for_each_channel()
    {
        await using var storage = Storage();

        var first = await storage.InsertNewAsync(
            [new(1000, _full), new(1001, _full), new(1002, _full with { Channel = Channels.InApp })], TestContext.Current.CancellationToken);
        var second = await storage.InsertNewAsync([new(1003, _full)], TestContext.Current.CancellationToken);

        Assert.Equal([1000, 1002], first.Order());
        Assert.Empty(second);
    }

    private static void AssertSame(NotificationState expected, NotificationState actual)
    {
        Assert.Equal(expected.Deliveries.AsEnumerable(), actual.Deliveries);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected.Data), JsonElement.Parse(actual.Data)), actual.Data);
        Assert.Equal(expected.DigestMembers.AsEnumerable(), actual.DigestMembers);
        Assert.Equal(expected, actual with { Deliveries = expected.Deliveries, DigestMembers = expected.DigestMembers, Data = expected.Data });
    }

    private static GrainId Id(long id) => GrainId.Create(GrainType.Create("notification"), GrainIdKeyExtensions.CreateIntegerKey(id));

    private static async Task<GrainState<NotificationState>> ReadAsync(RecordStorage<long, NotificationState> storage, long id)
    {
        var state = new GrainState<NotificationState>(new NotificationState());
        await storage.ReadStateAsync("notification", Id(id), state);
        Assert.True(state.RecordExists);
        return state;
    }

    private RecordStorage<long, NotificationState> Storage()
    {
        var storage = new RecordStorage<long, NotificationState>(NotificationTable.Table, _database, new RecordingRelay(), new RecordOptions());
        storage.Start();
        return storage;
    }
}
