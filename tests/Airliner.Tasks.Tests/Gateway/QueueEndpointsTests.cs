using System.Net;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

[Collection(SystemCollection.Name)]
public sealed class QueueEndpointsTests(RunningSystem system)
{
    private const string Queues = "/api/v1/eventstreammonitor/queues";

    [Fact]
    public async Task An_administrator_sees_every_queue_with_what_waits_what_is_to_come_and_what_may_run()
    {
        var user = await system.NewUserAsync();
        using var created = await system.Tasks.SendAsync(
            HttpMethod.Post, "/api/v1/eventstreammonitor/tasks", user.AccessToken, new { runAt = TimeProvider.System.GetUtcNow().AddHours(1) });
        await created.JsonAsync(HttpStatusCode.Created);

        var answer = await (await system.Tasks.SendAsync(HttpMethod.Get, Queues, await system.AdminTokenAsync())).JsonAsync();
        var queue = Assert.Single(answer.GetProperty("queues").EnumerateArray(), queue => queue.GetProperty("taskType").GetString() == "data_processing");
        Assert.Equal(["taskType", "depth", "later", "inFlight", "limit", "oldestWait"], queue.EnumerateObject().Select(member => member.Name));
        Assert.True(queue.GetProperty("later").GetInt64() >= 1);
        Assert.Equal(4 * Environment.ProcessorCount, queue.GetProperty("limit").GetInt32());
        Assert.True(queue.GetProperty("oldestWait").ValueKind is JsonValueKind.Null or JsonValueKind.Number);
        Assert.Equal(answer.GetProperty("queues").GetArrayLength(), answer.GetProperty("pagination").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Who_is_no_administrator_or_operator_is_refused()
    {
        var user = await system.NewUserAsync();
        await (await system.Tasks.SendAsync(HttpMethod.Get, Queues, user.AccessToken)).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        await (await system.Tasks.SendAsync(HttpMethod.Get, Queues, await system.ServiceTokenAsync())).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
    }
}
