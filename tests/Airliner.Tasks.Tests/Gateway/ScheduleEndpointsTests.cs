using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

[Collection(SystemCollection.Name)]
public sealed class ScheduleEndpointsTests(RunningSystem system)
{
    private const string Schedules = "/api/v1/eventstreammonitor/schedules";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_schedule_says_where_it_is_and_when_it_comes_and_uses_the_defaults()
    {
        var user = await system.NewUserAsync();
        using var answer = await PostAsync(user.AccessToken, """{"cron": "@daily"}""");
        var schedule = (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("schedule");

        var id = schedule.GetProperty("scheduleId").GetInt64();
        Assert.True(id >= 1000);
        Assert.Equal($"{Schedules}/{id}", answer.Headers.Location?.ToString());
        Assert.Equal(
            (user.UserId, "", "UTC", "once", "data_processing", "medium", "{}"),
            (schedule.GetProperty("userId").GetInt64(), Text(schedule, "name"), Text(schedule, "timeZone"), Text(schedule, "missedRuns"), Text(schedule, "taskType"),
                Text(schedule, "priority"), schedule.GetProperty("parameters").GetRawText()));
        Assert.Equal(JsonValueKind.Null, schedule.GetProperty("lastRunAt").ValueKind);
        var next = DateTimeOffset.Parse(Text(schedule, "nextRunAt"), CultureInfo.InvariantCulture);
        Assert.Equal(TimeSpan.Zero, next.TimeOfDay);
        Assert.True(next > TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task What_a_schedule_was_given_is_read_back()
    {
        var user = await system.NewUserAsync();
        var made = await CreateAsync(user.AccessToken, """
            {"cron": "30 6 * * MON-FRI", "timeZone": "Europe/Oslo", "taskType": "data_processing", "priority": "high", "parameters": {"z": 1.0, "a": [ ]},
             "name": " morning ", "missedRuns": "all", "maxAttempts": 2, "timeoutSeconds": 60}
            """);
        var read = (await (await SendAsync(HttpMethod.Get, user.AccessToken, $"/{Id(made)}")).JsonAsync()).GetProperty("schedule");

        Assert.Equal(made.GetRawText(), read.GetRawText());
        Assert.Equal(
            ("morning", "30 6 * * MON-FRI", "Europe/Oslo", "all", "high", """{"z": 1.0, "a": [ ]}""", 2, 60),
            (Text(read, "name"), Text(read, "cron"), Text(read, "timeZone"), Text(read, "missedRuns"), Text(read, "priority"),
                read.GetProperty("parameters").GetRawText(), read.GetProperty("maxAttempts").GetInt32(), read.GetProperty("timeoutSeconds").GetInt32()));
    }

    [Theory]
    [InlineData("{}", "cron", "30 6 * * MON-FRI")]
    [InlineData("""{"cron": "daily"}""", "cron", "30 6 * * MON-FRI")]
    [InlineData("""{"cron": "*/10 * * * * *"}""", "cron", "30 6 * * MON-FRI")]
    [InlineData("""{"cron": "0 0 30 2 *"}""", "cron", "0 0 28 2 *")]
    [InlineData("""{"cron": "@daily", "timeZone": "CEST/Oslo"}""", "timeZone", "Europe/Oslo")]
    [InlineData("""{"cron": "@daily", "missedRuns": "never"}""", "missedRuns", "once")]
    [InlineData("""{"cron": "@daily", "priority": "urgent"}""", "priority", "critical")]
    [InlineData("""{"cron": "@daily", "taskType": "nothing"}""", "taskType", "data_processing")]
    [InlineData("""{"cron": "@daily", "maxAttempts": 0}""", "maxAttempts", "from 1 to 100")]
    [InlineData("""{"cron": "@daily", "runAt": "2099-01-01T00:00:00Z"}""", "runAt", "cron")]
    [InlineData("""{"cron": "@daily", "startWithinSeconds": 60}""", "startWithinSeconds", "maxAttempts and timeoutSeconds")]
    [InlineData("""{"cron": "@daily", "Deadline": "2099-01-01T00:00:00Z"}""", "deadline", "maxAttempts and timeoutSeconds")]
    public async Task A_schedule_that_breaks_a_rule_is_refused_by_the_member_s_name_and_shown_what_is_right(string body, string field, string right)
    {
        using var answer = await PostAsync(await system.AdminTokenAsync(), body);
        await answer.InvalidAsync(field);
        Assert.Contains(right, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_schedule_does_not_know_or_was_not_given_is_ignored() => await CreateAsync(
        (await system.NewUserAsync()).AccessToken, """{"cron": "@daily", "deadline": null, "startWithinSeconds": null, "colour": "red"}""");

    [Fact]
    public async Task Another_s_schedule_is_not_there_and_a_deleted_one_neither()
    {
        var (owner, other) = (await system.NewUserAsync(), await system.NewUserAsync());
        var (id, second) = (Id(await CreateAsync(owner.AccessToken, """{"cron": "@daily"}""")), Id(await CreateAsync(owner.AccessToken, """{"cron": "@yearly"}""")));

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
            await (await SendAsync(method, other.AccessToken, $"/{id}")).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        Assert.Equal([second, id], await ListAsync(owner.AccessToken));
        Assert.Empty(await ListAsync(other.AccessToken));
        await (await SendAsync(HttpMethod.Get, other.AccessToken, $"?userId={owner.UserId}")).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        Assert.Equal([second, id], await ListAsync(await system.AdminTokenAsync(), $"?userId={owner.UserId}"));

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, owner.AccessToken, $"/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, await system.AdminTokenAsync(), $"/{second}")).StatusCode);
        await (await SendAsync(HttpMethod.Get, owner.AccessToken, $"/{id}")).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        await (await SendAsync(HttpMethod.Delete, owner.AccessToken, $"/{id}")).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        Assert.Empty(await ListAsync(owner.AccessToken));
    }

    [Fact]
    public async Task A_schedule_is_made_for_oneself_an_administrator_or_a_machine_makes_it_for_anybody()
    {
        var user = await system.NewUserAsync();
        var body = $$"""{"cron": "@daily", "userId": {{user.UserId}}}""";
        await (await PostAsync((await system.NewUserAsync()).AccessToken, body)).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        foreach (var token in new[] { user.AccessToken, await system.AdminTokenAsync(), await system.ServiceTokenAsync() })
            Assert.Equal(user.UserId, (await CreateAsync(token, body)).GetProperty("userId").GetInt64());
        await (await PostAsync(await system.ServiceTokenAsync(), """{"cron": "@daily"}""")).InvalidAsync("userId");
    }

    [Fact]
    public async Task One_more_than_the_limit_is_refused()
    {
        var user = await system.NewUserAsync();
        for (var i = 0; i < 100; i++)
            await CreateAsync(user.AccessToken, """{"cron": "@yearly"}""");

        await (await PostAsync(user.AccessToken, """{"cron": "@yearly"}""")).ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
        await SendAsync(HttpMethod.Delete, user.AccessToken, $"/{(await ListAsync(user.AccessToken))[0]}");
        await CreateAsync(user.AccessToken, """{"cron": "@yearly"}""");
    }

    [Fact]
    public async Task A_create_whose_answer_was_lost_makes_one_schedule()
    {
        var (user, key) = (await system.NewUserAsync(), KeyedCalls.NewKey());
        using var first = await system.Tasks.SendKeyedAsync(HttpMethod.Post, Schedules, key, user.AccessToken, new { cron = "@daily" });
        Assert.Equal(1, await system.LoseAnswersAsync("tasks", user.UserId));

        using var again = await system.Tasks.SendKeyedAsync(HttpMethod.Post, Schedules, key, user.AccessToken, new { cron = "@daily" });

        Assert.Equal((HttpStatusCode.Created, false), (again.StatusCode, again.IsReplayed()));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Single(await ListAsync(user.AccessToken));
    }

    private static string Text(JsonElement schedule, string member) => schedule.GetProperty(member).GetString()!;

    private static long Id(JsonElement schedule) => schedule.GetProperty("scheduleId").GetInt64();

    private async Task<JsonElement> CreateAsync(string token, string body)
    {
        using var answer = await PostAsync(token, body);
        return (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("schedule");
    }

    private async Task<IReadOnlyList<long>> ListAsync(string token, string query = "")
    {
        using var answer = await SendAsync(HttpMethod.Get, token, query);
        return [.. (await answer.JsonAsync()).GetProperty("schedules").EnumerateArray().Select(Id)];
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string token, string pathAndQuery) => system.Tasks.SendAsync(method, Schedules + pathAndQuery, token);

    private async Task<HttpResponseMessage> PostAsync(string token, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Schedules)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { Authorization = new("Bearer", token) },
        };
        return await system.Tasks.Http.SendAsync(request, Token);
    }
}
