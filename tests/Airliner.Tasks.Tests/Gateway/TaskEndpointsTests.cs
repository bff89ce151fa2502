using System.Net;
using System.Text;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

[Collection(SystemCollection.Name)]
public sealed class TaskEndpointsTests(RunningSystem system)
{
    private const string Tasks = "/api/v1/eventstreammonitor/tasks";

    private static string InAnHour => TimeProvider.System.GetUtcNow().AddHours(1).ToString("O");

    private Task<HttpResponseMessage> PostAsync(string token, string body) => system.Tasks.Http.SendAsync(new HttpRequestMessage(HttpMethod.Post, Tasks)
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
        Headers = { Authorization = new("Bearer", token) },
    });

    private async Task<JsonElement> CreateAsync(string token, string body) =>
        (await (await PostAsync(token, body)).JsonAsync(HttpStatusCode.Created)).GetProperty("task");

    private Task<HttpResponseMessage> GetAsync(string token, string pathAndQuery) => system.Tasks.SendAsync(HttpMethod.Get, Tasks + pathAndQuery, token);

    [Fact]
    public async Task A_create_says_where_the_task_is_and_uses_the_defaults()
    {
        var user = await system.NewUserAsync();
        using var answer = await PostAsync(user.AccessToken, "{}");
        var task = (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("task");
        var id = task.GetProperty("taskId").GetInt64();
        Assert.Equal($"{Tasks}/{id}", answer.Headers.Location?.ToString());
        Assert.True(id >= 1000);
        Assert.Matches("^TASK[0-9]{8}[0-9A-F]{8}$", task.GetProperty("taskReference").GetString());
        Assert.Equal(
            (user.UserId, "data_processing", "medium", "pending", 0, "{}"),
            (task.GetProperty("userId").GetInt64(), task.GetProperty("taskType").GetString(), task.GetProperty("priority").GetString(),
                task.GetProperty("status").GetString(), task.GetProperty("progress").GetInt32(), task.GetProperty("parameters").GetRawText()));
    }

    [Fact]
    public async Task Parameters_are_read_back_to_the_letter()
    {
        var user = await system.NewUserAsync();
        const string Parameters = """{"z": 1.0, "a": "\u0000é", "a": 0.10}""";
        var task = await CreateAsync(user.AccessToken, $$"""{"runAt": "{{InAnHour}}", "parameters": {{Parameters}}}""");
        var read = await (await GetAsync(user.AccessToken, $"/{task.GetProperty("taskId").GetInt64()}")).JsonAsync();
        Assert.Equal(Parameters, read.GetProperty("task").GetProperty("parameters").GetRawText());
    }

    [Theory]
    [InlineData("""{"taskType": "unheard_of"}""", "taskType")]
    [InlineData("""{"priority": "urgent"}""", "priority")]
    [InlineData("""{"priority": 1}""", "priority")]
    [InlineData("""{"parameters": []}""", "parameters")]
    [InlineData("""{"parameters": "x"}""", "parameters")]
    [InlineData("""{"maxAttempts": 0}""", "maxAttempts")]
    [InlineData("""{"maxAttempts": 101}""", "maxAttempts")]
    [InlineData("""{"timeoutSeconds": 0}""", "timeoutSeconds")]
    [InlineData("""{"timeoutSeconds": 86401}""", "timeoutSeconds")]
    [InlineData("""{"runAt": "tomorrow"}""", "runAt")]
    [InlineData("""{"userId": "me"}""", "userId")]
    public async Task A_create_that_breaks_a_rule_is_refused_by_the_member_s_name(string body, string member) =>
        await (await PostAsync(await system.AdminTokenAsync(), body)).InvalidAsync(member);

    [Fact]
    public async Task Parameters_have_at_most_64_KiB()
    {
        var token = await system.AdminTokenAsync();
        var most = $$"""{"a":"{{new string('x', (64 * 1024) - 8)}}"}""";
        await CreateAsync(token, $$"""{"runAt": "{{InAnHour}}", "parameters": {{most}}}""");
        await (await PostAsync(token, $$"""{"parameters": {{most.Replace("{", "{ ", StringComparison.Ordinal)}}}""")).InvalidAsync("parameters");
    }

    [Fact]
    public async Task A_task_is_made_for_oneself_an_administrator_or_a_machine_makes_it_for_anybody()
    {
        var user = await system.NewUserAsync();
        var body = $$"""{"userId": {{user.UserId}}, "runAt": "{{InAnHour}}"}""";
        await (await PostAsync((await system.NewUserAsync()).AccessToken, body)).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        foreach (var token in new[] { user.AccessToken, await system.AdminTokenAsync(), await system.ServiceTokenAsync() })
            Assert.Equal(user.UserId, (await CreateAsync(token, body)).GetProperty("userId").GetInt64());
        await (await PostAsync(await system.ServiceTokenAsync(), "{}")).InvalidAsync("userId");
        using var anonymous = await system.Tasks.SendAsync(HttpMethod.Get, Tasks);
        await anonymous.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    public async Task Another_s_task_is_not_there_and_cannot_be_cancelled()
    {
        var owner = await system.NewUserAsync();
        var other = await system.NewUserAsync();
        var id = (await CreateAsync(owner.AccessToken, $$"""{"runAt": "{{InAnHour}}"}""")).GetProperty("taskId").GetInt64();
        await (await GetAsync(other.AccessToken, $"/{id}")).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        await (await CancelAsync(other.AccessToken, id)).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        await (await GetAsync(await system.AdminTokenAsync(), $"/{id}")).JsonAsync();
    }

    [Fact]
    public async Task A_waiting_task_is_cancelled_once()
    {
        var user = await system.NewUserAsync();
        var task = await CreateAsync(user.AccessToken, $$"""{"runAt": "{{InAnHour}}"}""");
        var id = task.GetProperty("taskId").GetInt64();
        var cancelled = (await (await CancelAsync(user.AccessToken, id)).JsonAsync()).GetProperty("task");
        Assert.Equal(
            (id, task.GetProperty("taskReference").GetString(), "cancelled", "Task cancelled."),
            (cancelled.GetProperty("taskId").GetInt64(), cancelled.GetProperty("taskReference").GetString(),
                cancelled.GetProperty("status").GetString(), cancelled.GetProperty("message").GetString()));
        await (await CancelAsync(user.AccessToken, id)).ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
        await (await CancelAsync(user.AccessToken, 999)).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("offset=-1", "offset")]
    [InlineData("cursor=x", "cursor")]
    [InlineData("status=done", "status")]
    [InlineData("priority=urgent", "priority")]
    [InlineData("createdAfter=yesterday", "createdAfter")]
    [InlineData("userId=me", "userId")]
    [InlineData("taskType=a%00", "taskType")]
    public async Task A_list_s_bad_member_is_named(string query, string member) =>
        await (await GetAsync(await system.AdminTokenAsync(), $"?{query}")).InvalidAsync(member);

    [Fact]
    public async Task A_list_shows_own_tasks_page_by_page_and_another_s_are_refused()
    {
        var user = await system.NewUserAsync();
        var ids = new List<long>();
        for (var i = 0; i < 3; i++)
            ids.Insert(0, (await CreateAsync(user.AccessToken, $$"""{"runAt": "{{InAnHour}}"}""")).GetProperty("taskId").GetInt64());

        var first = await (await GetAsync(user.AccessToken, "?limit=2&status=pending")).JsonAsync();
        var cursor = first.GetProperty("pagination").GetProperty("nextCursor").GetString();
        var second = await (await GetAsync(user.AccessToken, $"?limit=2&cursor={cursor}")).JsonAsync();
        Assert.Equal(ids, [.. Ids(first), .. Ids(second)]);
        Assert.Equal((3, true, 3, false), (
            first.GetProperty("pagination").GetProperty("total").GetInt32(), first.GetProperty("pagination").GetProperty("hasMore").GetBoolean(),
            second.GetProperty("pagination").GetProperty("total").GetInt32(), second.GetProperty("pagination").GetProperty("hasMore").GetBoolean()));

        var other = await system.NewUserAsync();
        await (await GetAsync(other.AccessToken, $"?userId={user.UserId}")).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        Assert.Equal(ids, Ids(await (await GetAsync(await system.AdminTokenAsync(), $"?userId={user.UserId}")).JsonAsync()));
    }

    private Task<HttpResponseMessage> CancelAsync(string token, long id) => system.Tasks.SendAsync(HttpMethod.Put, $"{Tasks}/{id}/cancel", token);

    private static IEnumerable<long> Ids(JsonElement list) => list.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("taskId").GetInt64());
}
