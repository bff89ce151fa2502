using System.Globalization;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.PersonalData;
using Airliner.Kafka.Consumers;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Recipients;
using Airliner.Notifications.Grains.Templates;
using Airliner.Notifications.Silo;
using Airliner.Notifications.Silo.Events;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Records;
using Airliner.ServiceDefaults;
using Airliner.Testing;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.TestingHost;
using Xunit;

namespace Airliner.Notifications.Tests.Doubles;

/// <summary>A silo with the module on a database of its own, with mails to a server or to a folder, and with quick retries.</summary>
internal sealed class NotificationSilo : IAsyncDisposable
{
    /// <summary>Stands in a setting for a file with a provider's token, which the silo's folder has.</summary>
    public const string TokenFile = "{token}";

    private const string ServerSecret = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk";

    private readonly InProcessTestCluster _cluster;
    private readonly string _folder;

    private NotificationSilo(InProcessTestCluster cluster, string connectionString, string folder)
    {
        _cluster = cluster;
        _folder = folder;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    public UserRegistry Users { get; } = new();

    public RecordingRelay Relay { get; } = new();

    public MovedClock Clock { get; } = new();

    public IEnumerable<string> PickedUp => Directory.EnumerateFiles(_folder, "*.eml");

    public IServiceProvider Services => _cluster.GetSiloServiceProvider();

    public IGrainFactory Grains => _cluster.Client;

    public NotificationEventsHandler Handler => _cluster.GetSiloServiceProvider().GetRequiredService<NotificationEventsHandler>();

    /// <summary>The links that the silo takes, though its mails may have none.</summary>
    public UnsubscribeLinks Links { get; } = new(new ServerKey(ServerSecret).Derive("unsubscribe links"), "https://airliner.example");

    public static async Task<NotificationSilo> StartAsync(PostgresServer server, SmtpServer? smtp = null, params (string Key, string Value)[] settings)
    {
        var connectionString = await Schema.CreateAsync(server);
        var folder = Directory.CreateTempSubdirectory("airliner-mail-").FullName;
        var token = Path.Combine(folder, "token");
        await File.WriteAllTextAsync(token, "");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Postgres:Notifications:ConnectionString"] = connectionString,
            ["Mail:PickupFolder"] = folder,
            ["AIRLINER_SERVER_KEY"] = ServerSecret,
            ["Smtp:From"] = "Airliner <no-reply@airliner.example>",
            ["Smtp:Host"] = smtp is null ? null : "127.0.0.1",
            ["Smtp:Port"] = smtp is null ? "25" : $"{smtp.Port}",
            ["Notifications:Delivery:FirstDelay"] = "00:00:00.020",
            ["Notifications:Delivery:PollInterval"] = "00:00:00.020",
        }).AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)(setting.Value == TokenFile ? token : setting.Value))).Build();

        NotificationSilo? silo = null;
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, host) =>
        {
            host.Services.AddSingleton<TimeProvider>(_ => silo!.Clock);
            host.AddNotificationsWithoutKafka(configuration);
            host.Services.AddSingleton(_ => silo!.Users);
            host.Services.AddKeyedSingleton<IOutboxRelay>(NotificationsModule.Service, (_, _) => silo!.Relay);
        });
        silo = new NotificationSilo(builder.Build(), connectionString, folder);
        await silo._cluster.DeployAsync();
        return silo;
    }

    public INotificationGrain Notification(long id) => _cluster.Client.GetGrain<INotificationGrain>(id);

    public IBouncesGrain Bounces => _cluster.Client.GetGrain<IBouncesGrain>(0);

    public INotificationRedrivesGrain Redrives => _cluster.Client.GetGrain<INotificationRedrivesGrain>(0);

    public IRecipientGrain Recipient(long userId) => _cluster.Client.GetGrain<IRecipientGrain>(userId);

    public IUnsubscribeGrain Unsubscribe => _cluster.Client.GetGrain<IUnsubscribeGrain>(0);

    public INotificationsPersonalData PersonalData => _cluster.Client.GetGrain<INotificationsPersonalData>(0);

    /// <summary>Puts rows into the table as somebody who died has left them.</summary>
    public Task InsertAsync(params (long Id, NotificationState State)[] rows) => _cluster.GetSiloServiceProvider()
        .GetRequiredService<RecordStorage<long, NotificationState>>().InsertNewAsync(rows.Select(row => KeyValuePair.Create(row.Id, row.State)));

    public ITemplatePreviewGrain Previews => _cluster.Client.GetGrain<ITemplatePreviewGrain>(0);

    public TemplateLibrary Templates => _cluster.GetSiloServiceProvider().GetRequiredService<TemplateLibrary>();

    public INotificationQueriesGrain Queries => _cluster.Client.GetGrain<INotificationQueriesGrain>(0);

    /// <summary>Takes events as they come from Kafka, with the value as JSON text.</summary>
    public async Task<IReadOnlyList<EventRejection>> TakeAsync(params (string Id, string Type, string Value)[] events) =>
        await Handler.HandleAsync([.. events.Select(Consumed)], CancellationToken.None);

    /// <summary>Makes the notification of a failed task by a channel that the user wants.</summary>
    public async Task<INotificationGrain> NotifyAsync(string channel, long userId)
    {
        await Recipient(userId).SetPreferences(new() { Channels = CategoryChannels.Default with { Tasks = [channel] } });
        var services = _cluster.GetSiloServiceProvider();
        var id = (await services.GetRequiredKeyedService<RecordIds>(NotificationState.Table).TakeAsync(1, CancellationToken.None))[0];
        var plan = new NotificationPlan(NotificationCategories.Tasks, [channel], userId, $$"""{"userId":{{userId}},"taskId":7}""", null);
        var pending = NotificationState.Pending($"event-{id}", "task_failed", channel, plan, TimeProvider.System.Now());
        await services.GetRequiredService<RecordStorage<long, NotificationState>>().InsertNewAsync([new(id, pending)]);
        return Notification(id);
    }

    /// <summary>Waits for the first event of a notification that is wanted, and for the end of the call that raised it: until then the grain shows what was before.</summary>
    public async Task<OutboxEvent> RaisedAsync(Func<OutboxEvent, bool> wanted, CancellationToken cancellationToken)
    {
        var raised = await Relay.WaitForAsync(wanted, cancellationToken);
        await Notification(long.Parse(raised.Subject["notifications/".Length..], CultureInfo.InvariantCulture)).Deliver();
        return raised;
    }

    /// <summary>The one notification of an event by a channel, once it is no longer, or not yet again, due.</summary>
    public async Task<NotificationView> DeliveredAsync(string eventId, string channel = Channels.Email)
    {
        var id = (await FindAsync(eventId, channel)).NotificationId;
        await SettledAsync(id);
        return (await Notification(id).Get())!;
    }

    /// <summary>Waits until a notification has ended, or is due later, and for the end of the call that came to it.</summary>
    public async Task SettledAsync(long id)
    {
        await using var database = NpgsqlDataSource.Create(ConnectionString);
        // What is claimed is due within about a minute. No retry of these tests comes as late, and no digest and no quiet hours end as early.
        await using var isSettled = database.CreateCommand("select status <> 'pending' or next_attempt_at > $2 + interval '3 minutes' from notifications where id = $1");
        isSettled.Parameters.Add(new NpgsqlParameter<long> { TypedValue = id });
        isSettled.Parameters.Add(new NpgsqlParameter<DateTimeOffset>());
        await Eventually.Is<object?>(true, () =>
        {
            isSettled.Parameters[1].Value = Clock.GetUtcNow();
            return isSettled.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        });
        await Notification(id).Deliver();
    }

    /// <summary>Preferences of a user whose quiet hours are from about an hour before now until an hour after.</summary>
    public NotificationPreferences QuietNow()
    {
        var now = Clock.GetUtcNow();
        return NotificationPreferences.Default with { QuietHours = new(Hour(now.AddHours(-1)), Hour(now.AddHours(1))) };

        static string Hour(DateTimeOffset at) => at.ToString("HH:mm", CultureInfo.InvariantCulture);
    }

    /// <summary>The one notification of an event by a channel.</summary>
    public async Task<NotificationView> FindAsync(string eventId, string channel)
    {
        var page = await Queries.List(new NotificationFilter(Channel: channel), new(200, null, 0));
        var id = page.Items.Single(item => item.EventId == eventId).NotificationId;
        return (await Notification(id).Get())!;
    }

    private static ConsumedEvent Consumed((string Id, string Type, string Value) one, int offset) => new(
        one.Id,
        one.Type,
        "things/1",
        1,
        DateTimeOffset.UnixEpoch,
        "1",
        JsonElement.Parse(one.Value),
        null,
        new TopicPartitionOffset("task-events", 0, offset));

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
