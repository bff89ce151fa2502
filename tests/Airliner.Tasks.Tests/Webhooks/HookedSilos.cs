using System.Text.Json;
using Airliner.Contracts.Events;
using Airliner.Contracts.Tasks;
using Airliner.Kafka.Consumers;
using Airliner.ServiceDefaults.Outbound;
using Airliner.Tasks.Silo.Webhooks;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Confluent.Kafka;
using Xunit;

namespace Airliner.Tasks.Tests.Webhooks;

/// <summary>A webhook of a user who has no other, and the endpoint that it tells.</summary>
internal sealed record Hook(string Id, long UserId, RemoteEndpoint Endpoint);

/// <summary>A delivery as it is in the table.</summary>
internal sealed record StoredDelivery(string EventId, string Status, int Attempts, bool HasData);

/// <summary>Silos, and a server that their users' webhooks tell.</summary>
internal sealed class HookedSilos : IAsyncDisposable
{
    private static long _lastUser = 2000;

    private HookedSilos(TaskSilos silos, RemoteServer server) => (Silos, Server) = (silos, server);

    public static byte[] Secret { get; } = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public TaskSilos Silos { get; }

    public RemoteServer Server { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<HookedSilos> StartAsync(PostgresServer postgres, short silos = 1, params (string Key, string Value)[] settings)
    {
        var server = await RemoteServer.StartAsync();
        var started = await TaskSilos.StartAsync(postgres, silos, settings:
        [
            ("Outbound:AllowedHosts", server.Host), ("Tasks:Webhooks:RetryDelays:0", "00:00:00.1"), ("Tasks:Webhooks:RetryDelays:1", "00:00:00.1"),
            ("Tasks:Webhooks:PollInterval", "00:00:00.1"), .. settings,
        ]);
        foreach (var http in started.Services<OutboundHttp>())
            server.TrustedBy(http);
        return new(started, server);
    }

    public static long NewUser() => Interlocked.Increment(ref _lastUser);

    public static CreateWebhook Command(long userId, string url, params string[] events) =>
        new($"wh_{Guid.NewGuid():n}"[..23], userId, url, events.Length == 0 ? ["task_created", "task_completed"] : events, Secret);

    public IUserWebhooksGrain Of(long userId) => Silos.Grains.GetGrain<IUserWebhooksGrain>(userId);

    /// <summary>Makes a webhook, as a gateway does.</summary>
    public async Task<Hook> AddAsync(long? userId = null, string? url = null, params string[] events)
    {
        var endpoint = Server.NewEndpoint();
        var command = Command(userId ?? NewUser(), url ?? endpoint.Url, events);
        Assert.NotNull((await Of(command.UserId).Create(command)).Webhook);
        return new(command.WebhookId, command.UserId, endpoint);
    }

    /// <summary>The webhook, once it is seen as is wanted.</summary>
    public async Task<WebhookView> ViewAsync(Hook hook, Func<WebhookView, bool>? wanted = null)
    {
        while (true)
        {
            var view = (await Of(hook.UserId).List()).Single(webhook => webhook.WebhookId == hook.Id);
            if (wanted is null || wanted(view))
                return view;
            await Task.Delay(20, Token);
        }
    }

    /// <summary>Consumes a batch of events, as the consumer of the group does.</summary>
    public Task TakeAsync(params ConsumedEvent[] events) => Silos.Services<WebhookEvents>().First().AddAsync(events, Token);

    public static ConsumedEvent Event(string id, long userId, string type = "task_created", string topic = Topics.Tasks) => new(
        id, type, "tasks/7", 1, new(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(1)), "7",
        JsonElement.Parse($$"""{"eventType": "{{type}}", "taskId": 7, "userId": {{userId}}, "text": "\u0000é"}"""), null, new(topic, new Partition(0), new Offset(1)));

    /// <summary>A webhook's deliveries, by event.</summary>
    public async Task<IReadOnlyList<StoredDelivery>> DeliveriesAsync(Hook hook)
    {
        await using var command = Silos.Database.Source.CreateCommand(
            $"select event_id, status, attempts, data is not null from webhook_deliveries where webhook_id = '{hook.Id}' order by event_id");
        await using var reader = await command.ExecuteReaderAsync(Token);
        var deliveries = new List<StoredDelivery>();
        while (await reader.ReadAsync(Token))
            deliveries.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetBoolean(3)));
        return deliveries;
    }

    /// <summary>A webhook's deliveries, once none of them waits.</summary>
    public async Task<IReadOnlyList<StoredDelivery>> EndedAsync(Hook hook)
    {
        while (true)
        {
            var deliveries = await DeliveriesAsync(hook);
            if (deliveries.All(delivery => delivery.Status != "pending"))
                return deliveries;
            await Task.Delay(20, Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Silos.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>A silo with the usual settings, for the tests of a class.</summary>
public sealed class HookedSilo(PostgresServer postgres) : IAsyncLifetime
{
    internal HookedSilos Silos { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Silos = await HookedSilos.StartAsync(postgres);

    public ValueTask DisposeAsync() => Silos.DisposeAsync();
}
