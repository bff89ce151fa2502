using System.Net;
using System.Text;
using Airliner.Tasks.V1;
using Airliner.Testing;
using Grpc.Core;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>What callers are told who may read something and not change it: 403, where those who may not read it find nothing.</summary>
public sealed class ReadersWritesTests(RunningSystem system)
{
    private const string Prefix = "/api/v1/eventstreammonitor";

    private static object InAnHour => new { runAt = TimeProvider.System.GetUtcNow().AddHours(1) };

    [Fact]
    public async Task An_operator_cancels_no_task_of_another_and_a_user_finds_none()
    {
        var (owner, tokens) = await CallersAsync();
        var id = await MadeAsync(owner, "tasks", InAnHour, "task", "taskId");
        var tasks = new Airliner.Tasks.V1.Tasks.TasksClient(system.Tasks.Grpc);

        await RefusedAsync(HttpMethod.Put, $"{Prefix}/tasks/{id}/cancel", tokens);
        Assert.Equal(StatusCode.PermissionDenied, await CancelAsync(CallerKind.Operator));
        Assert.Equal(StatusCode.NotFound, await CancelAsync(CallerKind.User));

        var task = await system.Tasks.SendAsync(HttpMethod.Get, $"{Prefix}/tasks/{id}", tokens[(int)CallerKind.Operator]);
        Assert.Equal("pending", (await task.JsonAsync()).GetProperty("task").GetProperty("status").GetString());

        async Task<StatusCode> CancelAsync(CallerKind caller) => (await Assert.ThrowsAsync<RpcException>(async () =>
            await tasks.CancelAsync(new CancelTaskRequest { TaskId = id }, new Metadata { { "authorization", $"Bearer {tokens[(int)caller]}" } }))).StatusCode;
    }

    [Fact]
    public async Task An_operator_deletes_no_file_and_no_schedule_of_another_and_a_user_finds_none()
    {
        var (owner, tokens) = await CallersAsync();
        using var upload = new HttpRequestMessage(HttpMethod.Post, $"{Prefix}/files")
        {
            Content = new StringContent("a,b", Encoding.UTF8, "text/csv"),
            Headers = { Authorization = new("Bearer", owner.AccessToken) },
        };
        using var uploaded = await system.Tasks.Http.SendAsync(upload, TestContext.Current.CancellationToken);
        var fileId = (await uploaded.JsonAsync(HttpStatusCode.Created)).GetProperty("file").GetProperty("fileId").GetInt64();
        var scheduleId = await MadeAsync(owner, "schedules", new { cron = "@yearly" }, "schedule", "scheduleId");

        foreach (var path in new[] { $"{Prefix}/files/{fileId}", $"{Prefix}/schedules/{scheduleId}" })
        {
            await RefusedAsync(HttpMethod.Delete, path, tokens);
            using var deleted = await system.Tasks.SendAsync(HttpMethod.Delete, path, tokens[(int)CallerKind.Admin]);
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }
    }

    private async Task<(Account Owner, string?[] Tokens)> CallersAsync() =>
        (await system.NewUserAsync(), await CallerTokens.OfEachKindAsync(system, await system.NewUserAsync()));

    private async Task<long> MadeAsync(Account owner, string path, object body, string name, string id)
    {
        using var answer = await system.Tasks.SendAsync(HttpMethod.Post, $"{Prefix}/{path}", owner.AccessToken, body);
        return (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty(name).GetProperty(id).GetInt64();
    }

    private async Task RefusedAsync(HttpMethod method, string path, string?[] tokens)
    {
        await (await system.Tasks.SendAsync(method, path, tokens[(int)CallerKind.Operator])).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        await (await system.Tasks.SendAsync(method, path, tokens[(int)CallerKind.User])).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        await (await system.Tasks.SendAsync(method, path, tokens[(int)CallerKind.Service])).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }
}
