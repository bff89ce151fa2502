using System.Net;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster.Reports;
using Airliner.ServiceDefaults.Health;

namespace Airliner.Host.Status;

/// <summary>Asks the gateways for the status of all: whether they are ready, and, as an administrator, how the cluster and the queues are.</summary>
/// <param name="credentials">Asked for once there is somebody to log in to.</param>
internal sealed class StatusClient(GatewayTransport transport, Func<AdminCredentials> credentials) : IDisposable
{
    /// <summary>Named, so that its logins can be told from a person's in the audit log.</summary>
    private readonly HttpClient _http = new(transport.CreateHandler()) { Timeout = TimeSpan.FromSeconds(15), DefaultRequestHeaders = { { "User-Agent", "airliner-status" } } };

    /// <exception cref="StartException">The login is refused, or there is nobody to log in as.</exception>
    public async Task<SystemStatus> ReadAsync(IReadOnlyList<GatewayAddress> gateways)
    {
        var ready = await Task.WhenAll(gateways.Select(ReadyAsync));
        var problems = StatusProblems.Of(ready).ToList();
        ClusterView? cluster = null;
        QueueStatus[]? queues = null;
        try
        {
            var auth = AskedOf(GatewayAddress.Auth, ready);
            await using var session = await AdminSession.OpenAsync(_http, auth, credentials());
            cluster = (await GetAsync<ClusterAnswer>(session, $"{auth}/cluster")).Cluster;
            problems.AddRange(StatusProblems.Of(cluster));
            queues = await QueuesAsync(session, AskedOf(GatewayAddress.Tasks, ready));
        }
        catch (NotAnsweredException error)
        {
            problems.Add(error.Message);
        }

        return new(TimeProvider.System.Now(), problems.Count == 0, problems, ready, cluster?.Silos, queues, cluster?.Outboxes, cluster?.Consumers);
    }

    public void Dispose() => _http.Dispose();

    private async Task<GatewayStatus> ReadyAsync(GatewayAddress gateway)
    {
        var address = gateway.Address.GetLeftPart(UriPartial.Authority);
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            using var answer = await _http.GetAsync(new Uri(gateway.Address, ProbePaths.Ready), patience.Token);
            return answer.IsSuccessStatusCode
                ? new(gateway.Service, address, true, null)
                : new(gateway.Service, address, false, Failing(await answer.Content.ReadAsStringAsync(patience.Token)));
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return new(gateway.Service, address, false, $"It does not answer ({error.Message}).", IsThere: false);
        }
    }

    /// <summary>The checks that fail. Where something else answers on the port, what it says.</summary>
    private static string Failing(string body)
    {
        try
        {
            return string.Join(" ", JsonElement.Parse(body).GetProperty("failing").EnumerateObject().Select(check => $"{check.Name}: {check.Value.GetString()}"));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return body;
        }
    }

    /// <summary>Of a service's gateways one that is ready, else one that at least answers.</summary>
    private static string AskedOf(string service, IEnumerable<GatewayStatus> gateways) =>
        gateways.Where(gateway => gateway.Service == service && gateway.IsThere).MaxBy(gateway => gateway.Ready)?.Address
        ?? throw new NotAnsweredException($"No gateway of {service} answers, so what is asked of it is not known.");

    private static async Task<QueueStatus[]> QueuesAsync(AdminSession session, string tasks)
    {
        var queues = new List<TaskQueueView>();
        string? cursor = null;
        do
        {
            var answer = await GetAsync<JsonElement>(session, $"{tasks}/api/v1/eventstreammonitor/queues?limit={PageRequest.MaxLimit}&cursor={cursor}");
            queues.AddRange(answer.GetProperty("queues").Deserialize<TaskQueueView[]>(AirlinerJson.Options)!);
            cursor = answer.GetProperty("pagination").GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        var now = TimeProvider.System.Now();
        return [.. queues.Select(queue => QueueStatus.Of(queue, now))];
    }

    private static async Task<T> GetAsync<T>(AdminSession session, string address)
    {
        using var answer = await session.GetAsync(address);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => (await answer.Content.ReadFromJsonAsync<T>(AirlinerJson.Options))!,
            HttpStatusCode.Forbidden => throw new StartException("The cluster is shown to administrators and operators alone: name one (--username)."),
            _ => throw new NotAnsweredException($"{address} answered {await AdminSession.TextAsync(answer)}"),
        };
    }
}
