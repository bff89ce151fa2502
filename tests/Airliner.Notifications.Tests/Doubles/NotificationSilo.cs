using System.Text.Json;
using Airliner.Contracts.Notifications;
using Airliner.Kafka.Consumers;
using Airliner.Notifications.Silo;
using Airliner.Notifications.Silo.Events;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Testing;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Airliner.Notifications.Tests.Doubles;

/// <summary>A silo with the module on a database of its own, with mails to a server or to a folder, and with quick retries.</summary>
internal sealed class NotificationSilo : IAsyncDisposable
{
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

    public IEnumerable<string> PickedUp => Directory.EnumerateFiles(_folder, "*.eml");

    public IServiceProvider Services => _cluster.GetSiloServiceProvider();

    public IGrainFactory Grains => _cluster.Client;

    public NotificationEventsHandler Handler => _cluster.GetSiloServiceProvider().GetRequiredService<NotificationEventsHandler>();

    public static async Task<NotificationSilo> StartAsync(PostgresServer server, SmtpServer? smtp = null, params (string Key, string Value)[] settings)
    {
        var connectionString = await Schema.CreateAsync(server);
        var folder = Directory.CreateTempSubdirectory("airliner-mail-").FullName;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Postgres:Notifications:ConnectionString"] = connectionString,
            ["Mail:PickupFolder"] = folder,
            ["AIRLINER_SERVER_KEY"] = new string('k', 32),
            ["Smtp:From"] = "Airliner <no-reply@airliner.example>",
            ["Smtp:Host"] = smtp is null ? null : "127.0.0.1",
            ["Smtp:Port"] = smtp is null ? "25" : $"{smtp.Port}",
            ["Notifications:Delivery:FirstDelay"] = "00:00:00.020",
            ["Notifications:Delivery:PollInterval"] = "00:00:00.020",
        }).AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build();

        NotificationSilo? silo = null;
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, host) =>
        {
            host.AddNotificationsWithoutKafka(configuration);
            host.Services.AddSingleton(_ => silo!.Users);
            host.Services.AddKeyedSingleton<IOutboxRelay>(NotificationsModule.Service, (_, _) => silo!.Relay);
        });
        silo = new NotificationSilo(builder.Build(), connectionString, folder);
        await silo._cluster.DeployAsync();
        return silo;
    }

    public INotificationGrain Notification(long id) => _cluster.Client.GetGrain<INotificationGrain>(id);

    public INotificationQueriesGrain Queries => _cluster.Client.GetGrain<INotificationQueriesGrain>(0);

    /// <summary>Takes events as they come from Kafka, with the value as JSON text.</summary>
    public async Task<IReadOnlyList<EventRejection>> TakeAsync(params (string Id, string Type, string Value)[] events) =>
        await Handler.HandleAsync([.. events.Select(Consumed)], CancellationToken.None);

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
