using System.Net;
using System.Text;
using Airliner.Tasks.Tests.Gateway;
using Airliner.Tasks.V1;
using Airliner.Testing;
using Grpc.Core;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary><c>airliner.tasks.v1.TaskWorker</c>, by the bare protocol.</summary>
[Collection(SystemCollection.Name)]
public sealed class TaskWorkerServiceTests(RunningSystem system)
{
    [Fact]
    public async Task A_type_that_a_worker_registers_can_be_used_at_once_and_its_task_ends_with_what_the_worker_says()
    {
        var type = StreamWorker.NewType();
        var user = await system.NewUserAsync();
        using var unknown = await system.Tasks.SendAsync(HttpMethod.Post, "/api/v1/eventstreammonitor/tasks", user.AccessToken, new { taskType = type });
        await unknown.InvalidAsync("taskType");
        using var worker = await StreamWorker.RegisterAsync(system, "w", type);
        var taskId = await system.CreateTaskAsync(user, type, new { n = 1 });

        var lease = await worker.LeaseAsync();
        Assert.Equal((taskId, 1, type, user.UserId, """{"n":1}"""), (lease.Lease_.TaskId, lease.Lease_.Attempt, lease.Type, lease.UserId, lease.Parameters));
        Assert.True(lease.LeaseUntil < lease.Deadline);
        Assert.InRange(lease.TimeLeft.ToTimeSpan(), TimeSpan.FromTicks(1), TimeSpan.FromHours(1));
        await worker.SendAsync(new() { Progress = new() { Lease = lease.Lease_, Percent = 40 } });
        await system.TaskAsync(user, taskId, task => task.GetProperty("progress").GetInt32() == 40);
        await worker.SendAsync(new() { Complete = new() { Lease = lease.Lease_, Result = """{"m": 2.0}""" } });
        Assert.Equal(lease.Lease_, (await worker.ReadAsync()).Accepted.Lease);

        var task = await system.GetTaskAsync(user, taskId);
        Assert.Equal(("completed", """{"m": 2.0}""", 100), (task.Status(), task.GetProperty("result").GetRawText(), task.GetProperty("progress").GetInt32()));
        Assert.Equal(StatusCode.OK, (await worker.CompleteAsync()).StatusCode);
    }

    [Fact]
    public async Task A_create_of_an_unknown_type_is_told_all_that_there_are()
    {
        var type = StreamWorker.NewType();
        using var worker = await StreamWorker.RegisterAsync(system, "w", type);
        using var answer = await system.Tasks.SendAsync(
            HttpMethod.Post, "/api/v1/eventstreammonitor/tasks", (await system.NewUserAsync()).AccessToken, new { taskType = StreamWorker.NewType() });
        var error = (await answer.JsonAsync(HttpStatusCode.BadRequest)).GetProperty("errors").GetProperty("taskType")[0].GetString();
        Assert.Contains("data_processing", error, StringComparison.Ordinal);
        Assert.Contains(type, error, StringComparison.Ordinal);
    }

    public static TheoryData<string, WorkerMessage> WrongRegistrations { get; } = new()
    {
        { "register", new() },
        { "register", new() { Drain = new() } },
        { "worker_id", Registration("", ("a", 1)) },
        { "worker_id", Registration("a/b", ("a", 1)) },
        { "worker_id", Registration(new string('w', 101), ("a", 1)) },
        { "types", Registration("w") },
        { "types", Registration("w", ("a", 1), ("a", 2)) },
        { "types", Registration("w", [.. Enumerable.Range(0, 51).Select(i => ($"t{i}", 1))]) },
        { "types.type", Registration("w", ("", 1)) },
        { "types.type", Registration("w", ("Upper", 1)) },
        { "types.type", Registration("w", (new string('t', 65), 1)) },
        { "types.type", Registration("w", ("data_processing", 1)) },
        { "types.capacity", Registration("w", ("a", 0)) },
        { "types.capacity", Registration("w", ("a", 1001)) },
    };

    [Theory]
    [MemberData(nameof(WrongRegistrations), DisableDiscoveryEnumeration = true)]
    public async Task What_is_wrong_with_a_registration_is_named(string field, WorkerMessage message)
    {
        using var worker = StreamWorker.Open(system, await system.ServiceTokenAsync());
        await worker.SendAsync(message);
        var status = await worker.EndAsync();
        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.StartsWith($"{field}: ", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_client_without_the_scope_may_not_work()
    {
        using var made = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/clients", await system.AdminTokenAsync(), new { name = "idle", scopes = Array.Empty<string>() });
        var client = (await made.JsonAsync(HttpStatusCode.Created)).GetProperty("client");
        using var answer = await OAuthAsync(
            "token", client.GetProperty("clientId").GetString()!, client.GetProperty("clientSecret").GetString()!, new("grant_type", "client_credentials"));
        using var worker = StreamWorker.Open(system, (await answer.JsonAsync()).GetProperty("access_token").GetString()!);
        Assert.Equal(StatusCode.PermissionDenied, (await worker.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task A_newer_stream_of_the_same_worker_takes_over_and_the_older_is_told()
    {
        var type = StreamWorker.NewType();
        using var older = await StreamWorker.RegisterAsync(system, type, type);
        using var newer = await StreamWorker.RegisterAsync(system, type, type);
        var status = await older.EndAsync();
        Assert.Equal(StatusCode.Aborted, status.StatusCode);
        Assert.Contains("taken over", status.Detail, StringComparison.Ordinal);
        var taskId = await system.CreateTaskAsync(await system.NewUserAsync(), type);
        Assert.Equal(taskId, (await newer.LeaseAsync()).Lease_.TaskId);
    }

    [Fact]
    public async Task A_report_that_is_wrong_is_refused_by_the_field_and_leaves_the_lease()
    {
        var type = StreamWorker.NewType();
        var user = await system.NewUserAsync();
        using var worker = await StreamWorker.RegisterAsync(system, type, type);
        var taskId = await system.CreateTaskAsync(user, type);
        var lease = (await worker.LeaseAsync()).Lease_;

        (string Field, WorkerMessage Message)[] wrong =
        [
            ("message", new()),
            ("register", Registration("w", ("a", 1))),
            ("percent", new() { Progress = new() { Lease = lease, Percent = 101 } }),
            ("percent", new() { Progress = new() { Lease = lease, Percent = -1 } }),
            ("result", new() { Complete = new() { Lease = lease, Result = "{" } }),
            ("result", new() { Complete = new() { Lease = lease, Result = new string('[', 100) + new string(']', 100) } }),
            ("message", new() { Fail = new() { Lease = lease } }),
        ];
        foreach (var (field, message) in wrong)
        {
            await worker.SendAsync(message);
            var refused = (await worker.ReadAsync()).Refused;
            Assert.Equal(Refused.Types.Reason.Invalid, refused.Reason);
            Assert.StartsWith($"{field}: ", refused.Detail, StringComparison.Ordinal);
        }

        await worker.SendAsync(new() { Fail = new() { Lease = lease, Message = "no\0 luck", Retry = false } });
        Assert.Equal(lease, (await worker.ReadAsync()).Accepted.Lease);
        var task = await system.GetTaskAsync(user, taskId);
        Assert.Equal(("failed", "no\uFFFD luck", 1), (task.Status(), task.GetProperty("errorMessage").GetString(), task.Attempts()));
    }

    [Fact]
    public async Task A_report_about_a_lease_that_is_another_s_or_nobody_s_is_refused_as_lost()
    {
        var type = StreamWorker.NewType();
        var user = await system.NewUserAsync();
        using var owner = await StreamWorker.RegisterAsync(system, type, type);
        using var other = await StreamWorker.RegisterAsync(system, $"{type}-other", StreamWorker.NewType());
        var taskId = await system.CreateTaskAsync(user, type);
        var lease = (await owner.LeaseAsync()).Lease_;

        foreach (var message in new WorkerMessage[]
        {
            new() { Complete = new() { Lease = lease, Result = "{}" } },
            new() { Fail = new() { Lease = lease, Message = "no" } },
            new() { HandBack = new() { Lease = lease } },
            new() { Progress = new() { Lease = lease, Percent = 99 } },
            new() { Heartbeat = new() { Leases = { lease } } },
            new() { Complete = new() { Lease = new() { TaskId = 7, Attempt = 1 } } },
            new() { Complete = new() },
        })
        {
            await other.SendAsync(message);
            Assert.Equal(Refused.Types.Reason.LeaseLost, (await other.ReadAsync()).Refused.Reason);
        }

        Assert.Equal("processing", (await system.GetTaskAsync(user, taskId)).Status());
        await owner.SendAsync(new() { Complete = new() { Lease = lease } });
        Assert.Equal(lease, (await owner.ReadAsync()).Accepted.Lease);
        Assert.Equal("null", (await system.GetTaskAsync(user, taskId)).GetProperty("result").GetRawText());
    }

    [Fact]
    public async Task A_cancel_reaches_the_worker()
    {
        var type = StreamWorker.NewType();
        var user = await system.NewUserAsync();
        using var worker = await StreamWorker.RegisterAsync(system, type, type);
        var taskId = await system.CreateTaskAsync(user, type);
        var lease = (await worker.LeaseAsync()).Lease_;
        await system.CancelTaskAsync(user, taskId);
        Assert.Equal(lease, (await worker.ReadAsync()).Cancel.Lease);
        await worker.SendAsync(new() { HandBack = new() { Lease = lease } });
        Assert.Equal(lease, (await worker.ReadAsync()).Accepted.Lease);
        Assert.Equal("cancelled", (await system.GetTaskAsync(user, taskId)).Status());
    }

    [Fact]
    public async Task A_stream_ends_with_its_token_and_the_worker_goes_on_with_a_new_one()
    {
        var type = StreamWorker.NewType();
        var user = await system.NewUserAsync();
        var token = await system.ServiceTokenAsync();
        using var before = StreamWorker.Open(system, token);
        await before.SendAsync(Registration(type, (type, 1)));
        await before.ReadAsync();
        var taskId = await system.CreateTaskAsync(user, type);
        var lease = (await before.LeaseAsync()).Lease_;
        using var revoked = await OAuthAsync("revoke", system.ServiceClientId, system.ServiceClientSecret, new("token", token));
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, (await before.EndAsync()).StatusCode);

        using var after = await StreamWorker.RegisterAsync(system, type, type, 1, lease);
        await after.SendAsync(new() { Complete = new() { Lease = lease, Result = "1" } });
        Assert.Equal(lease, (await after.ReadAsync()).Accepted.Lease);
        var task = await system.GetTaskAsync(user, taskId);
        Assert.Equal(("completed", 1), (task.Status(), task.Attempts()));
    }

    [Fact]
    public async Task A_worker_that_says_nothing_for_a_lease_is_taken_for_lost()
    {
        const string Type = "short_lease";
        using var silent = await StreamWorker.RegisterAsync(system, $"{Guid.NewGuid():n}", Type);
        var status = await silent.EndAsync();
        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.StartsWith("Nothing came from the worker for 5 seconds.", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_without_leases_that_sends_heartbeats_is_kept()
    {
        using var idle = await StreamWorker.RegisterAsync(system, $"{Guid.NewGuid():n}", "short_lease");
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(0.5));
        for (var beats = 0; beats < 12 && await beat.WaitForNextTickAsync(TestContext.Current.CancellationToken); beats++)
            await idle.SendAsync(new() { Heartbeat = new() });
        Assert.Equal(StatusCode.OK, (await idle.CompleteAsync()).StatusCode);
    }

    [Fact]
    public async Task A_message_that_is_too_large_ends_the_stream()
    {
        using var worker = await StreamWorker.RegisterAsync(system, StreamWorker.NewType(), StreamWorker.NewType());
        try
        {
            await worker.SendAsync(new() { Complete = new() { Lease = new(), Result = $"\"{new string('x', 300_000)}\"" } });
        }
        catch (RpcException)
        {
            // The gateway knows by the message's first bytes how long it is, and may end the stream before the last are sent.
        }

        Assert.Equal(StatusCode.ResourceExhausted, (await worker.EndAsync()).StatusCode);
    }

    private static WorkerMessage Registration(string workerId, params (string Type, int Capacity)[] types) => new()
    {
        Register = new() { WorkerId = workerId, Types_ = { types.Select(type => new WorkerType { Type = type.Type, Capacity = type.Capacity }) } },
    };

    private async Task<HttpResponseMessage> OAuthAsync(string endpoint, string clientId, string secret, KeyValuePair<string, string> field)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/oauth2/{endpoint}") { Content = new FormUrlEncodedContent([field]) };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{clientId}:{secret}")));
        return await system.Auth.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
