using Airliner.Tasks.Grains;
using Airliner.Tasks.V1;
using Airliner.Testing;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

/// <summary><c>airliner.tasks.v1.Tasks</c>: the REST routes' rules, over gRPC.</summary>
[Collection(SystemCollection.Name)]
public sealed class TasksServiceTests(RunningSystem system)
{
    private readonly V1.Tasks.TasksClient _tasks = new(system.Tasks.Grpc);

    private static Timestamp InAnHour => TimeProvider.System.GetUtcNow().AddHours(1).ToTimestamp();

    [Fact]
    public async Task A_task_is_made_read_listed_and_cancelled()
    {
        var user = await system.NewUserAsync();
        var headers = Bearer(user.AccessToken);
        const string Parameters = """{"z": 1.0, "a": "\u0000é", "a": 0.10}""";

        var made = await _tasks.CreateAsync(new() { Parameters = Parameters, Priority = "high", RunAt = InAnHour, MaxAttempts = 2 }, headers);
        Assert.Equal((user.UserId, "data_processing", "high", "pending", Parameters), (made.UserId, made.TaskType, made.Priority, made.Status, made.Parameters));
        Assert.Equal(made, await _tasks.GetAsync(new() { TaskId = made.TaskId }, headers));
        var older = await _tasks.CreateAsync(new() { RunAt = InAnHour }, headers);

        var page = await _tasks.ListAsync(new() { Limit = 1, Status = "pending" }, headers);
        Assert.Equal((2, false, older.TaskId, true), (page.Total, page.TotalIsEstimate, page.Tasks.Single().TaskId, page.HasNextBeforeTaskId));
        var last = await _tasks.ListAsync(new() { Limit = 1, BeforeTaskId = page.NextBeforeTaskId }, headers);
        Assert.Equal((made.TaskId, false), (last.Tasks.Single().TaskId, last.HasNextBeforeTaskId));

        var cancelled = await _tasks.CancelAsync(new() { TaskId = made.TaskId }, headers);
        Assert.Equal((made.TaskReference, "cancelled"), (cancelled.TaskReference, cancelled.Status));
        await RefusedAsync(StatusCode.FailedPrecondition, "has ended", () => _tasks.CancelAsync(new() { TaskId = made.TaskId }, headers));
    }

    [Fact]
    public async Task A_total_above_ten_thousand_says_that_it_is_an_estimate()
    {
        var user = await system.NewUserAsync();
        var database = system.Silo.GetRequiredKeyedService<NpgsqlDataSource>(TasksStorage.Service);
        try
        {
            // Under ids that no task of another test comes to.
            await ExecuteAsync(
                """
                insert into tasks (id, version, event_sequence, command_id, reference, task_type, user_id, priority, status, progress, parameters, attempts, max_attempts,
                    timeout_seconds, due_at, queue_order, lease_owner, created_at, completed_at, updated_at)
                select 1000000000000000 + i, 1, 1, 'estimated' || i, 'TASK', 'data_processing', $1, 'low', 'cancelled', 0, '{}', 0, 3, 60, now(), now(), '', now(), now(), now()
                from generate_series(1, 10001) as i
                """);
            var page = await _tasks.ListAsync(new() { Limit = 1 }, Bearer(user.AccessToken));
            Assert.True(page.TotalIsEstimate && page.Total >= 10_000);
        }
        finally
        {
            await ExecuteAsync("delete from tasks where user_id = $1");
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = user.UserId });
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_is_wrong_is_named_field_by_field()
    {
        var headers = Bearer((await system.NewUserAsync()).AccessToken);
        foreach (var (field, request) in new (string, CreateTaskRequest)[]
        {
            ("user_id", new() { UserId = 0 }), ("task_type", new() { TaskType = "unheard_of" }), ("priority", new() { Priority = "urgent" }),
            ("parameters", new() { Parameters = "[]" }), ("parameters", new() { Parameters = "{" }), ("parameters", new() { Parameters = $$"""{"a":"{{new string('x', 64 * 1024)}}"}""" }),
            ("max_attempts", new() { MaxAttempts = 0 }), ("timeout_seconds", new() { TimeoutSeconds = 86_401 }), ("request_id", new() { RequestId = "1" }),
            ("run_at", new() { RunAt = new() { Seconds = 1_000_000_000_000_000 } }), ("deadline", new() { Deadline = new() { Nanos = -1 } }),
        })
            await RefusedAsync(StatusCode.InvalidArgument, $"{field}: ", () => _tasks.CreateAsync(request, headers));

        foreach (var (field, request) in new (string, ListTasksRequest)[]
        {
            ("user_id", new() { UserId = 0 }), ("status", new() { Status = "done" }), ("priority", new() { Priority = "urgent" }), ("limit", new() { Limit = 201 }),
            ("limit", new() { Limit = -1 }), ("task_type", new() { TaskType = "a\0" }),
            ("created_after", new() { CreatedAfter = new() { Seconds = -1_000_000_000_000_000 } }), ("created_before", new() { CreatedBefore = new() { Nanos = 1_000_000_000 } }),
        })
            await RefusedAsync(StatusCode.InvalidArgument, $"{field}: ", () => _tasks.ListAsync(request, headers));

        await RefusedAsync(StatusCode.InvalidArgument, "task_id: ", () => _tasks.GetAsync(new() { TaskId = 0 }, headers));
        await RefusedAsync(StatusCode.InvalidArgument, "after_sequence: ", () => FirstAsync(new() { TaskId = 1, AfterSequence = -1 }, headers));
    }

    [Fact]
    public async Task Who_may_what_is_as_over_REST()
    {
        var owner = await system.NewUserAsync();
        var (own, other, admin, machine) = (
            Bearer(owner.AccessToken), Bearer((await system.NewUserAsync()).AccessToken), Bearer(await system.AdminTokenAsync()), Bearer(await system.ServiceTokenAsync()));
        var task = await _tasks.CreateAsync(new() { UserId = owner.UserId, RunAt = InAnHour }, machine);

        await RefusedAsync(StatusCode.PermissionDenied, "for oneself only", () => _tasks.CreateAsync(new() { UserId = owner.UserId }, other));
        await RefusedAsync(StatusCode.InvalidArgument, "user_id: ", () => _tasks.CreateAsync(new(), machine));
        await RefusedAsync(StatusCode.PermissionDenied, "cannot be listed", () => _tasks.ListAsync(new() { UserId = owner.UserId }, other));
        foreach (var headers in new[] { other, machine })
        {
            await RefusedAsync(StatusCode.NotFound, "There is no task", () => _tasks.GetAsync(new() { TaskId = task.TaskId }, headers));
            await RefusedAsync(StatusCode.NotFound, "There is no task", () => _tasks.CancelAsync(new() { TaskId = task.TaskId }, headers));
            await RefusedAsync(StatusCode.NotFound, "There is no task", () => FirstAsync(new() { TaskId = task.TaskId }, headers));
        }

        Assert.Equal(task, await _tasks.GetAsync(new() { TaskId = task.TaskId }, admin));
        Assert.Equal("task_created", (await FirstAsync(new() { TaskId = task.TaskId }, own)).EventType);
        Assert.Equal("cancelled", (await _tasks.CancelAsync(new() { TaskId = task.TaskId }, admin)).Status);
    }

    [Fact]
    public async Task A_request_id_makes_one_task_however_often_it_is_sent_and_belongs_to_its_caller()
    {
        var (one, other) = (Bearer((await system.NewUserAsync()).AccessToken), Bearer((await system.NewUserAsync()).AccessToken));
        var request = new CreateTaskRequest { RequestId = $"{Guid.NewGuid()}", RunAt = InAnHour, Parameters = """{"a": 1}""" };

        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _tasks.CreateAsync(request, one).ResponseAsync));
        Assert.Single(made.Distinct());
        Assert.Equal(1, (await _tasks.ListAsync(new(), one)).Total);
        Assert.NotEqual(made[0].TaskId, (await _tasks.CreateAsync(request, other)).TaskId);
        Timestamp Later(TimeSpan by) => Timestamp.FromDateTime(request.RunAt.ToDateTime() + by);
        CreateTaskRequest[] others =
        [
            new(request) { Parameters = """{"a": 2}""" }, new(request) { RunAt = Later(TimeSpan.FromSeconds(1)) },
            new(request) { RunAt = null }, new(request) { StartWithinSeconds = 60 }, new(request) { Deadline = Later(TimeSpan.FromHours(1)) },
        ];
        foreach (var another in others)
            await RefusedAsync(StatusCode.InvalidArgument, "request_id: ", () => _tasks.CreateAsync(another, one));
    }

    [Fact]
    public async Task A_watch_has_what_happened_then_what_happens_after_what_was_seen_and_ends_with_the_task()
    {
        var headers = Bearer((await system.NewUserAsync()).AccessToken);
        var task = await _tasks.CreateAsync(new() { RunAt = InAnHour }, headers);
        using var watch = _tasks.Watch(new() { TaskId = task.TaskId }, headers);

        var seen = new List<TaskEvent>();
        await foreach (var happened in watch.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            seen.Add(happened);
            if (seen.Count == 1)
                await _tasks.CancelAsync(new() { TaskId = task.TaskId }, headers);
        }

        Assert.Equal([(1L, "task_created"), (2L, "task_cancelled")], seen.Select(one => (one.Sequence, one.EventType)));
        Assert.Equal(task.CreatedAt, seen[0].Timestamp);
        Assert.Contains($"\"taskReference\":\"{task.TaskReference}\"", seen[1].Data, StringComparison.Ordinal);
        Assert.Equal(seen[1], await FirstAsync(new() { TaskId = task.TaskId, AfterSequence = 1 }, headers));
        Assert.Null(await FirstAsync(new() { TaskId = task.TaskId, AfterSequence = 2 }, headers));
    }

    [Fact]
    public async Task A_watch_ends_when_its_token_is_revoked()
    {
        var user = await system.NewUserAsync();
        var task = await _tasks.CreateAsync(new() { RunAt = InAnHour }, Bearer(user.AccessToken));
        using var watch = _tasks.Watch(new() { TaskId = task.TaskId }, Bearer(user.AccessToken));
        Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        (await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/logout", user.AccessToken)).Dispose();

        var ended = await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal((StatusCode.Unauthenticated, "The access token was revoked: open the stream again with a new one."), (ended.StatusCode, ended.Status.Detail));
    }

    private static Metadata Bearer(string token) => new() { { "authorization", $"Bearer {token}" } };

    private async Task<TaskEvent> FirstAsync(WatchTaskRequest request, Metadata headers)
    {
        using var watch = _tasks.Watch(request, headers);
        return await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken) ? watch.ResponseStream.Current : null!;
    }

    private static Task RefusedAsync<T>(StatusCode code, string detail, Func<AsyncUnaryCall<T>> call) => RefusedAsync(code, detail, () => call().ResponseAsync);

    private static async Task RefusedAsync<T>(StatusCode code, string detail, Func<Task<T>> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(code, refused.StatusCode);
        Assert.Contains(detail, refused.Status.Detail, StringComparison.Ordinal);
    }
}
