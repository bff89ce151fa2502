using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Rest;

/// <summary>A client of the four gateways, by their public routes alone.</summary>
internal sealed class AirlinerClient(int users, int tasks, int notifications, int auth) : IDisposable
{
    public const string Airliner = "/api/v1/airliner";
    public const string Monitor = "/api/v1/eventstreammonitor";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private long _userId;

    public int Users { get; } = users;

    public int Tasks { get; } = tasks;

    public int Notifications { get; } = notifications;

    public int Auth { get; } = auth;

    public IReadOnlyList<int> Gateways => [Users, Tasks, Notifications, Auth];

    /// <summary>Of who is logged in.</summary>
    public string AccessToken => _http.DefaultRequestHeaders.Authorization!.Parameter!;

    /// <summary>Sends this <c>User-Agent</c> from now on.</summary>
    public void CallAs(string userAgent) => _http.DefaultRequestHeaders.UserAgent.ParseAdd(userAgent);

    public Task<Answer> GetAsync(int port, string path) => SendAsync(HttpMethod.Get, port, path);

    public Task<Answer> PostAsync(int port, string path, object body) => SendAsync(HttpMethod.Post, port, path, JsonContent.Create(body));

    /// <summary>Sends one request; nobody listening is an answer too.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, int port, string path, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://127.0.0.1:{port}{path}")) { Content = body };
        try
        {
            using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            return new((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.RetryAfter?.Delta);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return new(0, error.Message);
        }
    }

    /// <summary>Waits until the gateway can do its work.</summary>
    public Task ReadyAsync(int port, TimeSpan? atMost = null) =>
        Eventually.Get(() => GetAsync(port, "/readyz"), answer => answer.Status == 200, atMost ?? _patience, $"the gateway on port {port} is ready");

    /// <summary>Registers a user of its own.</summary>
    public async Task<TestUser> RegisterAsync()
    {
        var name = $"u_{Guid.NewGuid():n}"[..16];
        var user = new TestUser(0, name, $"{name}@example.com", $"correct-horse-{name}");
        var answer = await PostAsync(Users, $"{Airliner}/registerUser", new
        {
            username = user.Username,
            email = user.Email,
            password = user.Password,
            firstName = "End",
            lastName = "Toend",
        });
        return user with { UserId = answer.Expect(201)["user"].GetProperty("userId").GetInt64() };
    }

    /// <summary>Logs in, and goes on as that user.</summary>
    public async Task LogInAsync(TestUser user) => await LogInAsync(user.Username, user.Password, user.UserId);

    public async Task LogInAsync(string username, string password, long userId = 0)
    {
        var answer = await PostAsync(Auth, $"{Airliner}/login", new { username, password });
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.Expect(200)["accessToken"].GetString());
        _userId = userId;
    }

    public async Task<TestUser> RegisterAndLogInAsync()
    {
        var user = await RegisterAsync();
        await LogInAsync(user);
        return user;
    }

    /// <summary>Creates a task that counts the rows of a CSV text.</summary>
    public Task<Answer> CreateTaskAsync(string csv = "name,size\na,1\nb,2\n") =>
        PostAsync(Tasks, $"{Monitor}/tasks", new { taskType = "data_processing", parameters = new { source = new { csv } } });

    /// <summary>The same of a file.</summary>
    public Task<Answer> CreateTaskAsync(long fileId, object? sort = null) =>
        PostAsync(Tasks, $"{Monitor}/tasks", new { taskType = "data_processing", parameters = new { source = new { fileId }, sort = sort ?? Array.Empty<object>() } });

    public async Task<long> UploadAsync(HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = "\"rows.csv\"" };
        return (await SendAsync(HttpMethod.Post, Tasks, $"{Monitor}/files", content)).Expect(201)["file"].GetProperty("fileId").GetInt64();
    }

    public Task<Answer> GetTaskAsync(long taskId) => GetAsync(Tasks, $"{Monitor}/tasks/{taskId}");

    /// <summary>Opens the task's stream of events.</summary>
    public TaskWatcher Watch(long taskId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{Tasks}{Monitor}/tasks/{taskId}/events"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return new(_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken));
    }

    /// <summary>Opens the inbox of who is logged in.</summary>
    public InboxWatcher WatchInbox() => new(_http.SendAsync(
        new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{Notifications}{Airliner}/notifications/stream")),
        HttpCompletionOption.ResponseHeadersRead,
        TestContext.Current.CancellationToken));

    /// <summary>Waits until the task has ended, however it did.</summary>
    public async Task<JsonElement> EndedAsync(long taskId, TimeSpan? atMost = null)
    {
        var answer = await Eventually.Get(
            () => GetTaskAsync(taskId),
            answer => answer.Status == 200 && answer["task"].GetProperty("status").GetString() is ("completed" or "failed" or "cancelled"),
            atMost ?? _patience,
            $"task {taskId} has ended");
        return answer["task"];
    }

    /// <summary>The caller's notifications, all pages of them.</summary>
    public async Task<List<JsonElement>> NotificationsAsync(string filter = "")
    {
        var all = new List<JsonElement>();
        for (var cursor = ""; ;)
        {
            var page = await GetAsync(Notifications, $"{Airliner}/notifications?limit=200{filter}{cursor}");
            if (page.Status != 200)
                return all;
            all.AddRange(page["notifications"].EnumerateArray());
            if (!page["pagination"].GetProperty("hasMore").GetBoolean())
                return all;
            cursor = $"&cursor={page["pagination"].GetProperty("nextCursor").GetString()}";
        }
    }

    /// <summary>The caller's notification of an event, once it is sent.</summary>
    public async Task<JsonElement> SentAsync(string eventType, string channel)
    {
        var filter = $"&eventType={eventType}&channel={channel}&status=sent";
        return (await Eventually.Get(() => NotificationsAsync(filter), found => found.Count > 0, _patience, $"{eventType} is told of by {channel} to user {_userId}"))[0];
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>A user that a test registered.</summary>
internal sealed record TestUser(long UserId, string Username, string Email, string Password);
