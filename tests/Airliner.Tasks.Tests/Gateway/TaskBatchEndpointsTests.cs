using System.Net;
using System.Text;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

[Collection(SystemCollection.Name)]
public sealed class TaskBatchEndpointsTests(RunningSystem system)
{
    private const string Tasks = "/api/v1/eventstreammonitor/tasks";

    private static string InAnHour => TimeProvider.System.GetUtcNow().AddHours(1).ToString("O");

    private static string Later => $$"""{"runAt": "{{InAnHour}}"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_task_of_a_batch_is_judged_as_a_single_create_and_the_good_ones_are_made()
    {
        var user = await system.NewUserAsync();
        using var answer = await PostAsync(user.AccessToken, $$"""
            {"tasks": [{{Later}}, {"priority": "urgent", "maxAttempts": 0}, {"userId": 1}, null, {"priority": 5}, [], {"runAt": "{{InAnHour}}", "priority": "high"},
                {"runAt": "9999-12-31T23:59:59Z", "startWithinSeconds": 60}]}
            """);
        var results = (await answer.JsonAsync(HttpStatusCode.MultiStatus)).GetProperty("results").EnumerateArray().ToList();

        Assert.Equal([201, 400, 403, 400, 400, 400, 201, 400], results.Select(result => result.GetProperty("status").GetInt32()));
        Assert.Equal(["maxAttempts", "priority"], Fields(results[1]).Order(StringComparer.Ordinal));
        Assert.Equal("FORBIDDEN", results[2].GetProperty("error").GetProperty("error").GetString());
        Assert.Equal(["priority"], Fields(results[4]));
        Assert.Equal(["runAt"], Fields(results[7]));
        Assert.All(results.Where(result => result.TryGetProperty("error", out _)), result => Assert.Equal(
            (result.GetProperty("status").GetInt32(), $"{Tasks}/batch", result.GetProperty("error").GetProperty("message").GetString()),
            (result.GetProperty("error").GetProperty("status").GetInt32(), result.GetProperty("error").GetProperty("instance").GetString(),
                result.GetProperty("error").GetProperty("detail").GetString())));
        Assert.All(results, result => Assert.NotEqual(result.TryGetProperty("error", out _), result.TryGetProperty("task", out _)));
        Assert.Equal("high", results[6].GetProperty("task").GetProperty("priority").GetString());
        Assert.Equal([IdOf(results[6]), IdOf(results[0])], await IdsAsync(user));
    }

    [Fact]
    public async Task A_thousand_tasks_are_a_batch()
    {
        var user = await system.NewUserAsync();
        using var answer = await PostAsync(user.AccessToken, Body(1000));
        var results = (await answer.JsonAsync(HttpStatusCode.MultiStatus)).GetProperty("results").EnumerateArray().ToList();

        Assert.All(results, result => Assert.Equal(201, result.GetProperty("status").GetInt32()));
        Assert.Equal(results.Select(IdOf).Order(), results.Select(IdOf));
        Assert.Equal(1000, results.Select(IdOf).Distinct().Count());
    }

    [Theory]
    [InlineData("{}", "tasks")]
    [InlineData("""{"tasks": null}""", "tasks")]
    [InlineData("""{"tasks": []}""", "tasks")]
    [InlineData("""{"tasks": {}}""", "tasks")]
    [InlineData("""{"tasks": [{}], "groupName": " "}""", "groupName")]
    [InlineData("""{"tasks": [{}], "groupName": "a\u0000"}""", "groupName")]
    public async Task What_is_wrong_with_the_whole_is_named(string body, string field) => await (await PostAsync(await system.AdminTokenAsync(), body)).InvalidAsync(field);

    [Fact]
    public async Task More_than_a_thousand_tasks_and_more_than_eight_MiB_are_too_many()
    {
        var user = await system.NewUserAsync();
        await (await PostAsync(user.AccessToken, Body(1001))).InvalidAsync("tasks");
        var text = $$"""{"runAt": "{{InAnHour}}", "parameters": {"text": "{{new string('x', 60 * 1024)}}"} }""";
        var large = $$"""{"tasks": [{{string.Join(", ", Enumerable.Repeat(text, 140))}}]}""";
        await (await PostAsync(user.AccessToken, large)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "PAYLOAD_TOO_LARGE");
        Assert.Empty(await IdsAsync(user));
    }

    [Fact]
    public async Task A_group_is_seen_by_its_user_and_administrators_until_its_last_task_has_ended()
    {
        var user = await system.NewUserAsync();
        using var answer = await PostAsync(user.AccessToken, $$"""{"tasks": [{{Later}}, {}, {"priority": "urgent"}], "groupName": " nightly "}""");
        var body = await answer.JsonAsync(HttpStatusCode.MultiStatus);
        var (group, results) = (body.GetProperty("group"), body.GetProperty("results").EnumerateArray().ToList());
        var path = $"{Tasks}/groups/{group.GetProperty("groupId").GetString()}";

        Assert.Equal(("nightly", 2, user.UserId), (group.GetProperty("name").GetString(), group.GetProperty("total").GetInt32(), group.GetProperty("userId").GetInt64()));
        Assert.Equal(group.GetProperty("groupId").GetString(), results[0].GetProperty("task").GetProperty("groupId").GetString());
        await (await system.Tasks.SendAsync(HttpMethod.Get, path, (await system.NewUserAsync()).AccessToken)).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        await (await system.Tasks.SendAsync(HttpMethod.Get, $"{Tasks}/groups/g_none", user.AccessToken)).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");

        await (await system.Tasks.SendAsync(HttpMethod.Put, $"{Tasks}/{IdOf(results[0])}/cancel", user.AccessToken)).JsonAsync();
        var groupId = group.GetProperty("groupId").GetString();
        var completed = (await system.ReadTopicAsync("task-events", events => events.Any(raised => raised.Key == groupId))).Single(raised => raised.Key == groupId);
        var complete = (await (await system.Tasks.SendAsync(HttpMethod.Get, path, await system.AdminTokenAsync())).JsonAsync()).GetProperty("group");

        Assert.Equal(("task_group_completed", 2, 1), (
            completed.Headers["ce_type"], completed.Value.GetProperty("total").GetInt32(), completed.Value.GetProperty("cancelled").GetInt32()));
        Assert.Equal((0, 1), (complete.GetProperty("left").GetInt32(), complete.GetProperty("cancelled").GetInt32()));
        Assert.Equal(JsonValueKind.String, complete.GetProperty("completedAt").ValueKind);
    }

    [Fact]
    public async Task A_group_is_of_one_user_and_there_is_none_without_a_task()
    {
        var (one, other) = (await system.NewUserAsync(), await system.NewUserAsync());
        var both = $$"""{"tasks": [{"userId": {{one.UserId}}, "runAt": "{{InAnHour}}"}, {"userId": {{other.UserId}}, "runAt": "{{InAnHour}}"}]""";
        var admin = await system.AdminTokenAsync();

        await (await PostAsync(admin, both + """, "groupName": "ours"}""")).InvalidAsync("groupName");
        using var made = await PostAsync(admin, both + "}");
        Assert.All((await made.JsonAsync(HttpStatusCode.MultiStatus)).GetProperty("results").EnumerateArray(), result => Assert.Equal(201, result.GetProperty("status").GetInt32()));
        using var none = await PostAsync(one.AccessToken, """{"tasks": [{"priority": "urgent"}], "groupName": "mine"}""");
        Assert.False((await none.JsonAsync(HttpStatusCode.MultiStatus)).TryGetProperty("group", out _));
    }

    [Fact]
    public async Task A_batch_whose_answer_was_lost_is_found_again_whole_with_its_group()
    {
        var user = await system.NewUserAsync();
        var (key, body) = (KeyedCalls.NewKey(), $$"""{"tasks": [{{Later}}, {"priority": "urgent"}, {{Later}}], "groupName": "nightly"}""");
        using var first = await PostAsync(user.AccessToken, body, key);
        var made = await first.JsonAsync(HttpStatusCode.MultiStatus);
        Assert.Equal(1, await system.LoseAnswersAsync("tasks", user.UserId));

        using var again = await PostAsync(user.AccessToken, body, key);
        using var replayed = await PostAsync(user.AccessToken, body, key);

        Assert.False(again.IsReplayed());
        var found = await again.JsonAsync(HttpStatusCode.MultiStatus);
        Assert.Equal(made.GetProperty("group").GetRawText(), found.GetProperty("group").GetRawText());
        Assert.Equal([.. Results(made).Select(Summary)], Results(found).Select(Summary));
        Assert.True(replayed.IsReplayed());
        Assert.Equal(await again.Content.ReadAsStringAsync(Token), await replayed.Content.ReadAsStringAsync(Token));
        Assert.Equal(2, (await IdsAsync(user)).Count);
    }

    [Fact]
    public async Task A_thousand_large_tasks_are_answered_with_the_same_bytes_once_more()
    {
        var user = await system.NewUserAsync();
        var item = $$"""{"runAt": "{{InAnHour}}", "parameters": {"text": "{{new string('x', 8_250)}}"} }""";
        var (key, body) = (KeyedCalls.NewKey(), $$"""{"tasks": [{{string.Join(',', Enumerable.Repeat(item, 1000))}}]}""");
        Assert.InRange(body.Length, 8_300_000, 8 << 20);

        using var first = await PostAsync(user.AccessToken, body, key);
        using var again = await PostAsync(user.AccessToken, body, key);

        Assert.Equal((HttpStatusCode.MultiStatus, false), (first.StatusCode, first.IsReplayed()));
        Assert.Equal((HttpStatusCode.MultiStatus, true), (again.StatusCode, again.IsReplayed()));
        var answer = await first.Content.ReadAsStringAsync(Token);
        Assert.True(answer.Length > body.Length);
        Assert.True(answer == await again.Content.ReadAsStringAsync(Token), "Other bytes were answered.");
    }

    private static IEnumerable<JsonElement> Results(JsonElement body) => body.GetProperty("results").EnumerateArray();

    private static (int, long?) Summary(JsonElement result) =>
        (result.GetProperty("status").GetInt32(), result.TryGetProperty("task", out _) ? IdOf(result) : null);

    private static string Body(int count) => $$"""{"tasks": [{{string.Join(", ", Enumerable.Repeat(Later, count))}}]}""";

    private static long IdOf(JsonElement result) => result.GetProperty("task").GetProperty("taskId").GetInt64();

    private static IEnumerable<string> Fields(JsonElement result) => result.GetProperty("error").GetProperty("errors").EnumerateObject().Select(field => field.Name);

    private async Task<IReadOnlyList<long>> IdsAsync(Account user)
    {
        using var answer = await system.Tasks.SendAsync(HttpMethod.Get, Tasks, user.AccessToken);
        return [.. (await answer.JsonAsync()).GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("taskId").GetInt64())];
    }

    private async Task<HttpResponseMessage> PostAsync(string token, string body, string? key = null)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            return await system.Tasks.SendKeyedAsync(HttpMethod.Post, $"{Tasks}/batch", key, token, content);
        // What is refused for its length alone is not read: its sender asks first.
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Tasks}/batch")
        {
            Content = content,
            Headers = { Authorization = new("Bearer", token), ExpectContinue = body.Length > 1 << 20 },
        };
        return await system.Tasks.Http.SendAsync(request, Token);
    }
}
