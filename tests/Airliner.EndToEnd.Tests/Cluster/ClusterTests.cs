using System.Text.Json;
using System.Threading.Channels;
using Airliner.Contracts.Events;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Testing;
using Airliner.Worker;

namespace Airliner.EndToEnd.Tests.Cluster;

/// <summary>The four services as processes of their own, while all is well and while one of them is lost.</summary>
[Collection(ClusterPlan.Collection)]
public sealed partial class ClusterTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>, IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly AirlinerClient _client = cluster.Client();

    public async ValueTask InitializeAsync() => await FailureLog.WithAsync(cluster.WholeAsync, () => cluster.Logs);

    public ValueTask DisposeAsync()
    {
        FailureLog.WriteIfFailed(cluster.Logs);
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_registered_user_logs_in_has_a_task_done_and_is_told_of_it()
    {
        var user = await _client.RegisterAndLogInAsync();
        var taskId = (await _client.CreateTaskAsync()).Expect(201)["task"].GetProperty("taskId").GetInt64();

        var task = await _client.EndedAsync(taskId);
        var mail = await _client.SentAsync("user_registered", "email");
        var entry = await _client.SentAsync("task_completed", "inapp");

        Assert.Equal("completed", task.GetProperty("status").GetString());
        Assert.Equal(2, task.GetProperty("result").GetProperty("inputRows").GetInt32());
        Assert.Equal(user.Email, mail.GetProperty("recipient").GetString());
        Assert.Single(await Mails.SubjectsAsync(cluster.Plan.MailFolder, user.Email), Mails.IsWelcome);
        Assert.Equal(user.UserId, entry.GetProperty("userId").GetInt64());
    }

    [Fact]
    public async Task Each_silo_has_the_grains_of_its_own_service_alone()
    {
        var grains = await SiloGrains.ByPortAsync(cluster.Plan);

        Assert.Equal(Service.All.Select(cluster.Plan.SiloPort).Order(), grains.Keys.Order());
        var ours = Service.All.SelectMany(service => service.Grains).ToHashSet();
        foreach (var service in Service.All)
        {
            var own = grains[cluster.Plan.SiloPort(service)];
            // The runtime's own grains are on every silo; any other is somebody's.
            var shared = Service.All.Select(other => grains[cluster.Plan.SiloPort(other)]).Aggregate((left, right) => [.. left.Intersect(right)]);
            Assert.Equal(service.Grains.Order(), own.Except(shared).Order());
            Assert.Empty(shared.Intersect(ours));
        }
    }

    [Fact]
    public async Task Every_acknowledged_task_ends_once_when_the_silo_that_runs_them_is_killed()
    {
        await _client.RegisterAndLogInAsync();
        var fileId = await _client.UploadAsync(BigCsv.Rows(300_000, seed: 1));
        var big = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => CreatedAsync(_client.CreateTaskAsync(fileId, BigCsv.Sort))));
        await Eventually.Get(
            () => _client.GetTaskAsync(big[0]!.Value), answer => answer["task"].GetProperty("status").GetString() == "processing", _patience, "the big task runs");

        var small = Enumerable.Range(0, 60).Select(_ => CreatedAsync(_client.CreateTaskAsync())).ToArray();
        await Task.WhenAny(small);
        await cluster.Silos[Service.Tasks].KillAsync();
        cluster.StartSilo(Service.Tasks);

        // A create that nobody acknowledged may or may not have made its task.
        var acknowledged = (await Task.WhenAll(small)).Concat(big).OfType<long>().ToHashSet();
        await _client.ReadyAsync(_client.Tasks);
        foreach (var taskId in acknowledged)
            Assert.Equal("completed", (await _client.EndedAsync(taskId)).GetProperty("status").GetString());

        using var kafka = new KafkaReader(cluster.Brokers, Topics.Tasks);
        await kafka.UntilAsync(
            seen => acknowledged.All(taskId => EndsOf(seen, taskId).Count > 0), _patience, "the end of every task");
        Assert.All(acknowledged, taskId => Assert.Single(EndsOf(kafka.Seen, taskId)));
        Assert.True(acknowledged.Count > 3, "The silo was killed before any small task was acknowledged.");
    }

    [Fact]
    public async Task A_watcher_keeps_its_stream_while_the_silo_that_runs_the_task_is_killed_and_sees_each_event_once()
    {
        await _client.RegisterAndLogInAsync();
        var fileId = await _client.UploadAsync(BigCsv.Rows(300_000, seed: 2));

        // A task that has ended before its silo is killed shows nothing: another is made.
        var watcher = await WatchWhileKilledAsync(fileId);
        for (var tries = 1; tries < 3 && !watcher.Seen.Any(one => one.Type == "task_retried"); tries++)
            watcher = await WatchWhileKilledAsync(fileId);

        Assert.Equal(Enumerable.Range(1, watcher.Seen.Count).Select(sequence => (long)sequence), watcher.Seen.Select(one => one.Sequence));
        Assert.Equal(
            ["task_created", "task_started", "task_retried", "task_started", "task_completed"],
            watcher.Seen.Select(one => one.Type).Where(type => type != "task_progressed"));
    }

    [Fact]
    public async Task An_open_inbox_stays_open_while_the_notification_silo_is_killed_and_shows_each_entry_once()
    {
        await _client.RegisterAndLogInAsync();
        using var close = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var inbox = _client.WatchInbox();
        var watching = inbox.RunAsync(close.Token);
        await await Task.WhenAny(watching, inbox.Opened);
        await CreateSurelyAsync();
        await Eventually.True(() => Task.FromResult(watching.IsCompleted || inbox.Entries.Count > 0), _patience, "the inbox shows the first entry");

        await cluster.Silos[Service.Notifications].KillAsync();
        await CreateSurelyAsync();
        cluster.StartSilo(Service.Notifications);

        // Each task is created and completes.
        await Eventually.True(() => Task.FromResult(watching.IsCompleted || inbox.Entries.Count >= 4), _patience * 2, "the inbox shows what came meanwhile");
        Assert.False(watching.IsCompleted, $"The stream has ended: {watching.Exception?.Message}");
        Assert.Equal(inbox.Entries.Count, inbox.Entries.Distinct().Count());
        await close.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public async Task Every_task_of_a_worker_outside_ends_once_when_the_silo_that_leases_them_is_killed()
    {
        const int Capacity = 20;
        await _client.RegisterAndLogInAsync();
        var type = $"t_{Guid.NewGuid():n}";
        var begun = Channel.CreateUnbounded<long>();
        var mayEnd = new TaskCompletionSource();
        using var worker = new TaskWorker(cluster.Plan.WorkerOptions).Handle(type, Capacity, async (item, cancellation) =>
        {
            begun.Writer.TryWrite(item.TaskId);
            await mayEnd.Task.WaitAsync(cancellation);
            return JsonElement.Parse("{}");
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var working = worker.RunAsync(stop.Token);
        await Eventually.Get(CreateAsync, answer => answer.Status == 201, _patience, "tasks can be of the worker's type");
        var tasks = await Task.WhenAll(Enumerable.Range(0, 3 * Capacity).Select(_ => CreatedAsync(CreateAsync())));
        for (var i = 0; i < Capacity; i++)
            await begun.Reader.ReadAsync(TestContext.Current.CancellationToken);
        await cluster.Silos[Service.Tasks].KillAsync();
        mayEnd.SetResult(); // They end while there is nobody to tell.
        cluster.StartSilo(Service.Tasks);

        await _client.ReadyAsync(_client.Tasks);
        foreach (var taskId in tasks)
            Assert.Equal("completed", (await _client.EndedAsync(taskId!.Value)).GetProperty("status").GetString());
        using var kafka = new KafkaReader(cluster.Brokers, Topics.Tasks);
        await kafka.UntilAsync(seen => tasks.All(taskId => EndsOf(seen, taskId!.Value).Count > 0), _patience, "the end of every task");
        Assert.All(tasks, taskId => Assert.Single(EndsOf(kafka.Seen, taskId!.Value)));
        await stop.CancelAsync();
        await working;

        Task<Answer> CreateAsync() => _client.PostAsync(_client.Tasks, $"{AirlinerClient.Monitor}/tasks", new { taskType = type });
    }

    [Fact]
    public async Task The_other_services_go_on_while_no_user_silo_is_there()
    {
        var user = await _client.RegisterAndLogInAsync();
        var path = $"{AirlinerClient.Airliner}/users/{user.UserId}";
        (await _client.GetAsync(_client.Users, path)).Expect(200);

        await cluster.Silos[Service.Users].KillAsync();
        var away = await Eventually.Get(
            () => _client.GetAsync(_client.Users, path), answer => answer.Status == 503, _patience, "the user gateway answers 503");
        Assert.True(away.RetryAfter > TimeSpan.Zero, "503 came without Retry-After.");
        Assert.Equal("UNAVAILABLE", away["error"].GetString());

        // The first calls of the others may still go by the silo that was lost.
        var taskId = (await CreateSurelyAsync())["task"].GetProperty("taskId").GetInt64();
        await _client.EndedAsync(taskId);
        await Eventually.Get(
            () => _client.GetAsync(_client.Notifications, $"{AirlinerClient.Airliner}/notifications"), answer => answer.Status == 200, _patience, "notifications are listed");
        (await _client.GetAsync(_client.Users, "/livez")).Expect(200);
        (await _client.GetAsync(_client.Users, "/readyz")).Expect(503);
        (await _client.PostAsync(_client.Auth, $"{AirlinerClient.Airliner}/login", new { username = user.Username, password = user.Password })).Expect(503);
        // It stays so: nothing in between looks as if the user were gone.
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _client.GetAsync(_client.Users, path))), answer => answer.Expect(503));

        cluster.StartSilo(Service.Users);
        await _client.ReadyAsync(_client.Users);
        await Eventually.Get(() => _client.GetAsync(_client.Users, path), answer => answer.Status == 200, _patience, "the user is shown again");
        await Eventually.Get(
            () => _client.PostAsync(_client.Auth, $"{AirlinerClient.Airliner}/login", new { username = user.Username, password = user.Password }),
            answer => answer.Status == 200, _patience, "the user logs in again");
    }

    [Fact]
    public async Task A_user_who_is_deleted_while_a_service_is_away_is_erased_there_when_it_is_back()
    {
        var user = await _client.RegisterAndLogInAsync();
        var path = $"{AirlinerClient.Airliner}/users/{user.UserId}";
        var sent = await _client.SentAsync("user_registered", "email");
        var mail = Path.Combine(cluster.Plan.MailFolder, $"notification-{sent.GetProperty("notificationId")}.eml");
        Assert.True(File.Exists(mail), mail);
        Assert.Contains(user.Email, (await _client.GetAsync(_client.Users, $"{path}/export")).Expect(200).Json.GetProperty("notifications").GetRawText(), StringComparison.Ordinal);

        await cluster.Silos[Service.Notifications].KillAsync();
        await Eventually.Get(
            () => _client.GetAsync(_client.Users, $"{path}/export"), answer => answer.Status == 503, _patience, "no export is given that is not whole");
        (await Eventually.Get(
            () => _client.SendAsync(HttpMethod.Delete, _client.Users, path), answer => answer.Status is not (0 or 503), _patience, "the user is deleted")).Expect(204);
        Assert.True(File.Exists(mail), mail);

        cluster.StartSilo(Service.Notifications);
        await Eventually.True(() => Task.FromResult(!File.Exists(mail)), _patience, "the mail is gone");
        await _client.ReadyAsync(_client.Notifications);
    }

    [Fact]
    public async Task A_session_that_has_ended_is_refused_by_every_gateway_also_while_Kafka_is_away_and_after_a_restart()
    {
        var user = await _client.RegisterAndLogInAsync();
        (int Port, string Path)[] routes =
        [
            (_client.Users, $"{AirlinerClient.Airliner}/users/{user.UserId}"),
            (_client.Tasks, $"{AirlinerClient.Monitor}/tasks"),
            (_client.Notifications, $"{AirlinerClient.Airliner}/notifications"),
            (_client.Auth, $"{AirlinerClient.Airliner}/sessions"),
        ];
        foreach (var (port, path) in routes)
            (await _client.GetAsync(port, path)).Expect(200);

        await cluster.Faults.TakeDownAsync();
        try
        {
            (await _client.SendAsync(HttpMethod.Post, _client.Auth, $"{AirlinerClient.Airliner}/logout")).Expect(204);
            var ended = TimeProvider.System.GetTimestamp();
            await Task.WhenAll(routes.Select(route => Eventually.Get(
                () => _client.GetAsync(route.Port, route.Path), answer => answer.Status == 401, _patience, $"port {route.Port} refuses the token")));
            TestContext.Current.TestOutputHelper!.WriteLine($"Refused everywhere {TimeProvider.System.GetElapsedTime(ended).TotalMilliseconds:0} ms after the answer.");
        }
        finally
        {
            cluster.Faults.BringUp();
        }

        await cluster.Gateways[Service.Tasks].StopAsync();
        await cluster.WholeAsync();
        (await _client.GetAsync(_client.Tasks, $"{AirlinerClient.Monitor}/tasks")).Expect(401);
    }

    [Fact]
    public async Task Every_process_ends_cleanly_when_it_is_told_to()
    {
        foreach (var process in cluster.Gateways.Values.Concat(cluster.Silos.Values))
        {
            var code = await process.StopAsync();
            Assert.True(code == 0, $"{process.Name} ended with {code}.");
        }
    }

    /// <summary>Watches a big task to its end, while the silo that runs it is killed and started again.</summary>
    private async Task<TaskWatcher> WatchWhileKilledAsync(long fileId)
    {
        var created = await Eventually.Get(() => _client.CreateTaskAsync(fileId, BigCsv.Sort), answer => answer.Status == 201, _patience, "a task is acknowledged");
        var watcher = _client.Watch(created["task"].GetProperty("taskId").GetInt64());
        var watching = watcher.RunAsync(TestContext.Current.CancellationToken);
        await Eventually.True(() => Task.FromResult(watcher.Seen.Any(one => one.Type == "task_started")), _patience, "the task runs");

        await cluster.Silos[Service.Tasks].KillAsync();
        cluster.StartSilo(Service.Tasks);

        await watching.WaitAsync(_patience * 2, TestContext.Current.CancellationToken);
        return watcher;
    }

    /// <summary>Creates a task, again while a silo that is lost has the request: there may then be more than one.</summary>
    private Task<Answer> CreateSurelyAsync() =>
        Eventually.Get(() => _client.CreateTaskAsync(), answer => answer.Status == 201, _patience, "a task is acknowledged");

    private static async Task<long?> CreatedAsync(Task<Answer> create) =>
        await create is { Status: 201 } answer ? answer["task"].GetProperty("taskId").GetInt64() : null;

    /// <summary>The distinct ends of a task: a repeat of one has its id.</summary>
    private static HashSet<string> EndsOf(List<SeenEvent> seen, long taskId) =>
        [.. seen.Where(one => one.Key == $"{taskId}" && one.Type is ("task_completed" or "task_failed" or "task_cancelled")).Select(one => one.Id)];
}
