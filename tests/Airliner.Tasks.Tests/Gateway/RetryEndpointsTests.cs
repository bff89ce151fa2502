using System.Net;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

[Collection(SystemCollection.Name)]
public sealed class RetryEndpointsTests(RunningSystem system)
{
    private const string Tasks = "/api/v1/eventstreammonitor/tasks";

    /// <summary>Above what the service hands out.</summary>
    private static long _lastId = 1_000_000_000;

    [Fact]
    public async Task A_failed_task_is_retried_and_another_is_not()
    {
        var user = await system.NewUserAsync();
        var failed = await FailedAsync(user.UserId);
        var task = (await (await RetryAsync(user.AccessToken, failed)).JsonAsync()).GetProperty("task");
        Assert.Equal(
            (failed, "pending", JsonValueKind.Null, 1),
            (task.GetProperty("taskId").GetInt64(), task.GetProperty("status").GetString(), task.GetProperty("errorMessage").ValueKind, task.GetProperty("attempts").GetInt32()));

        using var create = await system.Tasks.SendAsync(HttpMethod.Post, Tasks, user.AccessToken, new { runAt = "2099-01-01T00:00:00Z" });
        var waiting = (await create.JsonAsync(HttpStatusCode.Created)).GetProperty("task").GetProperty("taskId").GetInt64();
        var problem = await (await RetryAsync(user.AccessToken, waiting)).ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
        Assert.Equal($"Task {waiting} has not failed: it is pending.", problem.GetProperty("detail").GetString());
        await (await RetryAsync((await system.NewUserAsync()).AccessToken, await FailedAsync(user.UserId))).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task A_failed_task_whose_deadline_has_passed_is_refused_with_the_deadline()
    {
        var user = await system.NewUserAsync();
        var failed = await FailedAsync(user.UserId, deadline: new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
        var problem = await (await RetryAsync(user.AccessToken, failed)).ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
        Assert.Contains("2026-01-31T12:00:00Z", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_tasks_are_retried_by_filter_as_many_as_the_limit_says_and_those_of_others_are_not()
    {
        var (user, other) = (await system.NewUserAsync(), await system.NewUserAsync());
        for (var i = 0; i < 3; i++)
            await FailedAsync(user.UserId);
        await FailedAsync(other.UserId);

        Assert.Equal((0, 0), await RetryManyAsync(user.AccessToken, new { priority = "low" }));
        Assert.Equal((2, 1), await RetryManyAsync(user.AccessToken, new { status = "failed", priority = "medium", limit = 2 }));
        Assert.Equal((1, 0), await RetryManyAsync(await system.AdminTokenAsync(), new { userId = user.UserId, createdAfter = "2026-01-01T00:00:00Z" }));

        using var others = await system.Tasks.SendAsync(HttpMethod.Post, $"{Tasks}/retry", user.AccessToken, new { userId = other.UserId });
        await others.ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        Assert.Equal((1, 0), await RetryManyAsync(other.AccessToken, new { }));
    }

    [Fact]
    public async Task Many_are_retried_by_filters_in_the_query_as_by_those_in_a_body()
    {
        var user = await system.NewUserAsync();
        for (var i = 0; i < 3; i++)
            await FailedAsync(user.UserId);

        Assert.Equal((0, 0), await RetryManyAsync(user.AccessToken, new { }, "?taskType=data_export"));
        Assert.Equal((0, 0), await RetryManyAsync(user.AccessToken, null, "?priority=low"));
        Assert.Equal((1, 2), await RetryManyAsync(user.AccessToken, null, "?status=failed&taskType=data_processing&limit=1"));
        Assert.Equal((1, 1), await RetryManyAsync(user.AccessToken, new { limit = 1, priority = (string?)null }, "?taskType="));
        Assert.Equal((1, 0), await RetryManyAsync(user.AccessToken, null));
    }

    [Fact]
    public async Task Filters_in_the_query_and_in_the_body_are_refused_and_nothing_is_retried()
    {
        var user = await system.NewUserAsync();
        await FailedAsync(user.UserId);

        foreach (var query in new[] { "?taskType=data_processing", "?limit=1", "?userId=me" })
            await (await system.Tasks.SendAsync(HttpMethod.Post, $"{Tasks}/retry{query}", user.AccessToken, new { priority = "medium" })).InvalidAsync("body");
        await (await system.Tasks.SendAsync(HttpMethod.Post, $"{Tasks}/retry?createdAfter=yesterday", user.AccessToken, new { })).InvalidAsync("createdAfter");

        Assert.Equal((1, 0), await RetryManyAsync(user.AccessToken, new { }));
    }

    [Fact]
    public async Task A_task_shows_the_limits_in_time_that_its_create_gave_it()
    {
        var user = await system.NewUserAsync();
        using var create = await system.Tasks.SendAsync(
            HttpMethod.Post, Tasks, user.AccessToken, new { runAt = "2099-01-01T00:00:00Z", deadline = "2099-01-02T00:00:00Z", startWithinSeconds = 60 });
        var task = (await create.JsonAsync(HttpStatusCode.Created)).GetProperty("task");
        Assert.Equal((new DateTime(2099, 1, 2, 0, 0, 0, DateTimeKind.Utc), 60), (task.GetProperty("deadline").GetDateTime().ToUniversalTime(), task.GetProperty("startWithinSeconds").GetInt32()));
    }

    private Task<HttpResponseMessage> RetryAsync(string token, long id) => system.Tasks.SendAsync(HttpMethod.Put, $"{Tasks}/{id}/retry", token);

    private async Task<(int Retried, long Left)> RetryManyAsync(string token, object? body, string query = "")
    {
        using var answer = await system.Tasks.SendAsync(HttpMethod.Post, $"{Tasks}/retry{query}", token, body);
        var done = await answer.JsonAsync();
        Assert.False(done.GetProperty("leftIsEstimate").GetBoolean());
        return (done.GetProperty("retried").GetInt32(), done.GetProperty("left").GetInt64());
    }

    /// <summary>A task that failed, and whose next attempt will not.</summary>
    private async Task<long> FailedAsync(long userId, DateTimeOffset? deadline = null)
    {
        var (id, now) = (Interlocked.Increment(ref _lastId), TimeProvider.System.Now());
        const string Parameters = """{"source":{"csv":"a\n1\n"}}""";
        var failed = TaskState.Created(id, new CreateTask($"command-{id}", userId, TaskTypes.Default, Priorities.Medium, Parameters), new TaskTypeLimits(), now)
            .Started(id, "", TimeSpan.Zero, now).AttemptFailed(id, "down", retry: false, TimeSpan.Zero, now) with
        { Deadline = deadline };
        await system.Silo.GetRequiredService<ITaskTable>().CreateAsync(id, failed);
        return id;
    }
}
