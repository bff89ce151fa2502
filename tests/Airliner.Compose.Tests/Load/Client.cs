using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Airliner.Testing;

namespace Airliner.Compose.Tests.Load;

/// <summary>
/// A user of the composed system, from outside, who is not registered at first. Each request has a connection of its own: a client that keeps one tries
/// again by itself, and unseen, where that was closed.
/// </summary>
internal sealed class Client : IDisposable
{
    private const string Airliner = "/api/v1/airliner";
    private const string Tasks = "http://127.0.0.1:5002/api/v1/eventstreammonitor/tasks";

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly string _name = NewName();
    private readonly string _password = $"pw-{Guid.NewGuid():n}";

    /// <summary>A new user, logged in.</summary>
    public static async Task<Client> LoggedInAsync()
    {
        var client = new Client();
        using var registered = await client.RegisterAsync(client._name);
        await registered.JsonAsync(HttpStatusCode.Created);
        using var loggedIn = await client.LogInAsync();
        await client.UseAsync(loggedIn);
        return client;
    }

    /// <summary>A name that nobody has.</summary>
    public static string NewName() => $"u{Guid.NewGuid():n}"[..20];

    public Task<HttpResponseMessage> LogInAsync() => LogInAsync(_name);

    /// <summary>Logs in, with the user's own password, somebody whom it has registered.</summary>
    public Task<HttpResponseMessage> LogInAsync(string name) =>
        _http.PostAsJsonAsync($"http://127.0.0.1:5004{Airliner}/login", new { username = name, password = _password });

    /// <summary>Registers somebody, with the user's own password.</summary>
    public Task<HttpResponseMessage> RegisterAsync(string name) => _http.PostAsJsonAsync(
        $"http://127.0.0.1:5001{Airliner}/registerUser", new { username = name, email = $"{name}@example.com", password = _password, firstName = "Com", lastName = "Posed" });

    /// <summary>Goes on with the token of a login.</summary>
    public async Task UseAsync(HttpResponseMessage login) =>
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await login.JsonAsync()).GetProperty("accessToken").GetString());

    /// <summary>Creates a task that counts two rows.</summary>
    /// <param name="runAt">Not before then; null at once.</param>
    public Task<HttpResponseMessage> CreateTaskAsync(DateTimeOffset? runAt = null) =>
        _http.PostAsJsonAsync(Tasks, new { taskType = "data_processing", parameters = new { source = new { csv = "name,size\na,1\nb,2\n" } }, runAt });

    /// <summary>The id of a task that was created.</summary>
    public static async Task<long> TaskOfAsync(HttpResponseMessage created) =>
        (await created.JsonAsync(HttpStatusCode.Created)).GetProperty("task").GetProperty("taskId").GetInt64();

    public Task<HttpResponseMessage> GetTaskAsync(long taskId) => _http.GetAsync(new Uri($"{Tasks}/{taskId}"));

    public async Task<string?> StatusOfTaskAsync(long taskId)
    {
        using var answer = await GetTaskAsync(taskId);
        return (await answer.JsonAsync()).GetProperty("task").GetProperty("status").GetString();
    }

    /// <summary>The user's notifications, at most a hundred: of what event each is, and by what channel, in the order of their names.</summary>
    public async Task<IReadOnlyList<string>> NotificationsAsync()
    {
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:5003{Airliner}/notifications?limit=100"));
        return [.. (await answer.JsonAsync()).GetProperty("notifications").EnumerateArray()
            .Select(one => $"{one.GetProperty("eventType").GetString()} {one.GetProperty("channel").GetString()}").Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether all four gateways say that they are ready.</summary>
    public async Task<bool> AllReadyAsync()
    {
        try
        {
            foreach (var port in (int[])[5001, 5002, 5003, 5004])
            {
                using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/readyz"));
                if (!answer.IsSuccessStatusCode)
                    return false;
            }

            return true;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();
}
