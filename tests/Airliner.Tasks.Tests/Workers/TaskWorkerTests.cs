using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Airliner.Tasks.Tests.Gateway;
using Airliner.Testing;
using Airliner.Worker;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>The worker library, against the whole system.</summary>
[Collection(SystemCollection.Name)]
public sealed class TaskWorkerTests(RunningSystem system)
{
    private readonly string _type = StreamWorker.NewType();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TaskWorkerOptions Options => new()
    {
        Gateway = new Uri($"http://{system.Tasks.Grpc.Target}"),
        TokenEndpoint = new Uri(system.Auth.Address, "/oauth2/token"),
        ClientId = system.ServiceClientId,
        ClientSecret = system.ServiceClientSecret,
    };

    private static JsonElement Json(string text) => JsonElement.Parse(text);

    /// <summary>Runs a worker while the test does something.</summary>
    private async Task WithAsync(TaskHandler handler, Func<Account, Task> test, TaskWorkerOptions? options = null)
    {
        using var worker = new TaskWorker(options ?? Options).Handle(_type, 10, handler);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = worker.RunAsync(stop.Token);
        await RegisteredAsync(running);
        await test(await system.NewUserAsync());
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Waits until tasks can be of the type.</summary>
    private async Task RegisteredAsync(Task running)
    {
        var types = system.Silo.GetRequiredService<IGrainFactory>().GetGrain<Contracts.Tasks.ITaskTypesGrain>(0);
        await Eventually.True(
            async () =>
            {
                if (running.IsCompleted)
                    await running;
                return (await types.All()).Contains(_type);
            },
            $"tasks can be of {_type}");
    }

    [Fact]
    public Task Handlers_get_their_tasks_and_give_results() => WithAsync(
        (item, _) => Task.FromResult(Json($$"""{"twice": {{2 * item.Parameters.GetProperty("n").GetInt32()}}, "user": {{item.UserId}}, "attempt": {{item.Attempt}}}""")),
        async user =>
        {
            var ids = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => system.CreateTaskAsync(user, _type, new { n })));
            for (var n = 0; n < ids.Length; n++)
            {
                var task = await system.EndedTaskAsync(user, ids[n]);
                Assert.Equal($$"""{"twice": {{2 * n}}, "user": {{user.UserId}}, "attempt": 1}""", task.GetProperty("result").GetRawText());
            }
        });

    [Fact]
    public Task A_failure_says_why_and_whether_to_try_again() => WithAsync(
        (item, _) => item.Parameters.GetProperty("fail").GetString() switch
        {
            "for good" => throw new TaskFailedException("n: must be a number."),
            "for now" when item.Attempt == 1 => throw new TaskFailedException("busy", retry: true),
            "unexpectedly" => throw new InvalidOperationException("secret"),
            _ => Task.FromResult(Json("{}")),
        },
        async user =>
        {
            var forGood = await system.EndedTaskAsync(user, await system.CreateTaskAsync(user, _type, new { fail = "for good" }));
            Assert.Equal(("failed", 1, "n: must be a number."), (forGood.Status(), forGood.Attempts(), forGood.GetProperty("errorMessage").GetString()));
            var forNow = await system.EndedTaskAsync(user, await system.CreateTaskAsync(user, _type, new { fail = "for now" }));
            Assert.Equal(("completed", 2), (forNow.Status(), forNow.Attempts()));
            var unexpectedly = await system.EndedTaskAsync(user, await system.CreateTaskAsync(user, _type, new { fail = "unexpectedly" }, maxAttempts: 1));
            Assert.Equal("The handler failed unexpectedly (InvalidOperationException).", unexpectedly.GetProperty("errorMessage").GetString());
        });

    [Fact]
    public Task A_result_that_no_message_can_hold_fails_its_task_and_the_worker_goes_on() => WithAsync(
        (item, _) => item.Parameters.GetProperty("length").GetInt32() is var length && length > 0
            ? Task.FromResult(Json($"\"{new string('x', length)}\""))
            : throw new TaskFailedException(new string('y', 300_000)),
        async user =>
        {
            var tooLong = await system.EndedTaskAsync(user, await system.CreateTaskAsync(user, _type, new { length = 300_000 }));
            Assert.Equal(("failed", 1), (tooLong.Status(), tooLong.Attempts()));
            Assert.StartsWith("result: ", tooLong.GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
            var asLongAsCanBe = await system.EndedTaskAsync(user, await system.CreateTaskAsync(user, _type, new { length = 255_000 }));
            Assert.Equal(("completed", 255_002), (asLongAsCanBe.Status(), asLongAsCanBe.GetProperty("result").GetRawText().Length));
            var failed = await system.EndedTaskAsync(user, await system.CreateTaskAsync(user, _type, new { length = 0 }));
            Assert.Equal(("failed", 4_000), (failed.Status(), failed.GetProperty("errorMessage").GetString()!.Length));
        });

    [Fact]
    public async Task A_task_that_is_cancelled_stops_its_handler_and_shows_its_progress_until_then()
    {
        var stopped = new TaskCompletionSource();
        await WithAsync(
            async (item, cancellation) =>
            {
                item.ReportProgress(70);
                await using var registration = cancellation.Register(stopped.SetResult);
                await Task.Delay(Timeout.Infinite, cancellation);
                return default;
            },
            async user =>
            {
                var taskId = await system.CreateTaskAsync(user, _type);
                await system.TaskAsync(user, taskId, task => task.GetProperty("progress").GetInt32() == 70);
                await system.CancelTaskAsync(user, taskId);
                await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
                Assert.Equal("cancelled", (await system.EndedTaskAsync(user, taskId)).Status());
            });
    }

    [Fact]
    public async Task A_worker_whose_stream_breaks_goes_on_and_loses_no_result()
    {
        using var proxy = new BreakableProxy(int.Parse(system.Tasks.Grpc.Target.Split(':')[1]));
        var begun = Channel.CreateUnbounded<long>();
        var mayEnd = new TaskCompletionSource();
        await WithAsync(
            async (item, cancellation) =>
            {
                begun.Writer.TryWrite(item.TaskId);
                await mayEnd.Task.WaitAsync(cancellation);
                return Json($"{item.TaskId}");
            },
            async user =>
            {
                var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => system.CreateTaskAsync(user, _type)));
                foreach (var _ in ids)
                    await begun.Reader.ReadAsync(Token);
                proxy.Break();
                mayEnd.SetResult(); // All end while no stream is open.
                foreach (var taskId in ids)
                {
                    var task = await system.EndedTaskAsync(user, taskId);
                    Assert.Equal(("completed", 1, $"{taskId}"), (task.Status(), task.Attempts(), task.GetProperty("result").GetRawText()));
                }
            },
            Options with { Gateway = proxy.Address });
    }

    [Fact]
    public async Task A_worker_that_stops_finishes_what_it_can_and_hands_back_the_rest()
    {
        var begun = Channel.CreateUnbounded<long>();
        var mayEnd = new TaskCompletionSource();
        var user = await system.NewUserAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var worker = new TaskWorker(Options with { StopsWithin = TimeSpan.FromSeconds(10) }).Handle(_type, 2, async (item, cancellation) =>
        {
            begun.Writer.TryWrite(item.TaskId);
            await (item.Parameters.TryGetProperty("slow", out _) ? Task.Delay(Timeout.Infinite, cancellation) : mayEnd.Task.WaitAsync(cancellation));
            return Json("1");
        });
        var running = worker.RunAsync(stop.Token);
        await RegisteredAsync(running);
        var quick = await system.CreateTaskAsync(user, _type);
        var slow = await system.CreateTaskAsync(user, _type, new { slow = true }, maxAttempts: 1);
        var waiting = await system.CreateTaskAsync(user, _type);
        foreach (var _ in new[] { quick, slow })
            await begun.Reader.ReadAsync(Token);
        await stop.CancelAsync();
        mayEnd.SetResult();
        await running;

        Assert.Equal("completed", (await system.GetTaskAsync(user, quick)).Status());
        Assert.All(new[] { await system.GetTaskAsync(user, slow), await system.GetTaskAsync(user, waiting) }, task => Assert.Equal("pending", task.Status()));
        using var other = await StreamWorker.RegisterAsync(system, _type, _type);
        Assert.Equal([(slow, 2), (waiting, 1)], new[] { await other.LeaseAsync(), await other.LeaseAsync() }.Select(lease => (lease.Lease_.TaskId, lease.Lease_.Attempt)).Order());
    }

    [Fact]
    public async Task A_handler_that_says_in_its_own_way_that_it_was_stopped_hands_back_its_task()
    {
        var begun = new TaskCompletionSource();
        var user = await system.NewUserAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var worker = new TaskWorker(Options with { StopsWithin = TimeSpan.Zero }).Handle(_type, 1, async (_, cancellation) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
            throw new TaskFailedException("The process that did the work was ended.");
        });
        var running = worker.RunAsync(stop.Token);
        await RegisteredAsync(running);
        var taskId = await system.CreateTaskAsync(user, _type, maxAttempts: 1);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await stop.CancelAsync();
        await running;

        Assert.Equal("pending", (await system.GetTaskAsync(user, taskId)).Status());
        await Assert.ThrowsAsync<InvalidOperationException>(() => worker.RunAsync(Token));
    }

    [Fact]
    public Task A_task_for_which_a_worker_has_no_room_waits_and_says_what_for() => WithAsync(
        (item, _) => item.Attempt == 1 ? throw new TaskNoRoomException("All accelerators are taken.") : Task.FromResult(Json("1")),
        async user =>
        {
            var taskId = await system.CreateTaskAsync(user, _type, maxAttempts: 1);
            var waiting = await system.TaskAsync(user, taskId, task => task.GetProperty("errorMessage").ValueKind == JsonValueKind.String);
            Assert.Equal(("pending", "All accelerators are taken."), (waiting.Status(), waiting.GetProperty("errorMessage").GetString()));
            Assert.NotEqual(JsonValueKind.Null, waiting.GetProperty("nextAttemptAt").ValueKind);
        });

    [Fact]
    public async Task A_token_endpoint_that_answers_as_none_does_is_asked_again()
    {
        using var listener = new HttpListener();
        var port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var worker = new TaskWorker(Options with { TokenEndpoint = new Uri($"http://127.0.0.1:{port}/oauth2/token") }).Handle(_type, 1, (_, _) => Task.FromResult(Json("1")));
        var running = worker.RunAsync(stop.Token);
        foreach (var (status, body) in new[] { (200, "<html>We will be back soon.</html>"), (400, "Bad gateway"), (200, "{}") })
        {
            var asked = await listener.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30), Token);
            asked.Response.StatusCode = status;
            await asked.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body), Token);
            asked.Response.Close();
        }

        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await running;
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    [Fact]
    public async Task A_worker_that_cannot_work_says_why()
    {
        using var stranger = new TaskWorker(Options with { ClientSecret = "wrong" }).Handle(_type, 1, (_, _) => Task.FromResult(Json("1")));
        Assert.Contains("invalid_client", (await Assert.ThrowsAsync<TaskWorkerException>(() => stranger.RunAsync(Token))).Message, StringComparison.Ordinal);
        using var greedy = new TaskWorker(Options).Handle("data_processing", 1, (_, _) => Task.FromResult(Json("1")));
        Assert.Contains("types.type: ", (await Assert.ThrowsAsync<TaskWorkerException>(() => greedy.RunAsync(Token))).Message, StringComparison.Ordinal);
    }
}
