using System.Net;
using System.Text.Json;
using Airliner.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

/// <summary>What happened to a task, as a list and as a live stream.</summary>
[Collection(SystemCollection.Name)]
public sealed class TaskEventsTests(RunningSystem system)
{
    private const string Tasks = "/api/v1/eventstreammonitor/tasks";

    private IConfiguration Configuration => system.Tasks.Services.GetRequiredService<IConfiguration>();

    [Fact]
    public async Task A_history_is_listed_oldest_first_with_the_members_of_each_event()
    {
        var user = await system.NewUserAsync();
        var id = await CreateAsync(user.AccessToken, runNow: true);
        using (var stream = await TaskStream.OpenAsync(system, id, user.AccessToken))
            await stream.RestAsync();

        var answer = await (await GetAsync(user.AccessToken, id)).JsonAsync();
        var events = answer.GetProperty("events").EnumerateArray().ToArray();
        Assert.Equal(
            [(1, "task_created"), (2, "task_started"), (3, "task_failed")],
            events.Select(one => (one.GetProperty("sequence").GetInt32(), one.GetProperty("eventType").GetString())));
        Assert.All(events, one => Assert.Equal(id, one.GetProperty("taskId").GetInt64()));
        Assert.True(events[0].GetProperty("timestamp").GetDateTimeOffset() <= events[2].GetProperty("timestamp").GetDateTimeOffset());
        Assert.Equal((1, "silo"), (events[1].GetProperty("attempt").GetInt32(), events[1].GetProperty("runBy").GetString()));
        Assert.Contains("source", events[2].GetProperty("errorMessage").GetString(), StringComparison.Ordinal);

        var first = await (await GetAsync(user.AccessToken, id, "?limit=2")).JsonAsync();
        var cursor = first.GetProperty("pagination").GetProperty("nextCursor").GetString();
        var second = await (await GetAsync(user.AccessToken, id, $"?limit=2&cursor={cursor}")).JsonAsync();
        Assert.Equal([1, 2], Sequences(first));
        Assert.Equal([3], Sequences(second));
        Assert.Equal((3, false), (second.GetProperty("pagination").GetProperty("total").GetInt32(), second.GetProperty("pagination").GetProperty("hasMore").GetBoolean()));
        Assert.Equal([2, 3], Sequences(await (await GetAsync(user.AccessToken, id, "?after=1")).JsonAsync()));
    }

    [Fact]
    public async Task A_stream_has_what_happened_then_what_happens_and_ends_with_the_task()
    {
        var user = await system.NewUserAsync();
        var id = await CreateAsync(user.AccessToken);
        using var stream = await TaskStream.OpenAsync(system, id, user.AccessToken);
        Assert.Equal((true, true), (stream.Answer.Headers.CacheControl?.NoCache, stream.Answer.Headers.CacheControl?.NoStore));
        Assert.Equal("no", stream.Answer.Headers.GetValues("X-Accel-Buffering").Single());

        var seen = new List<(string? Id, string Type, string? DataType, int Sequence)>();
        await foreach (var item in stream.EventsAsync())
        {
            seen.Add((item.EventId, item.EventType, item.Data.GetProperty("eventType").GetString(), item.Data.GetProperty("sequence").GetInt32()));
            if (seen.Count == 1)
                (await system.Tasks.SendAsync(HttpMethod.Put, $"{Tasks}/{id}/cancel", user.AccessToken)).Dispose();
        }

        Assert.Equal([("1", "task_created", "task_created", 1), ("2", "task_cancelled", "task_cancelled", 2)], seen);
    }

    [Fact]
    public async Task A_stream_goes_on_after_the_last_event_that_was_seen_and_of_a_task_that_has_ended_there_is_none()
    {
        var user = await system.NewUserAsync();
        var id = await CreateAsync(user.AccessToken);
        (await system.Tasks.SendAsync(HttpMethod.Put, $"{Tasks}/{id}/cancel", user.AccessToken)).Dispose();

        using (var stream = await TaskStream.OpenAsync(system, id, user.AccessToken, lastEventId: "1"))
        {
            var rest = await stream.RestAsync();
            Assert.StartsWith("event: task_cancelled\ndata: {\"sequence\":2,", rest, StringComparison.Ordinal);
            Assert.EndsWith("\nid: 2\n\n", rest, StringComparison.Ordinal);
        }

        using var ended = await TaskStream.AskAsync(system, id, user.AccessToken, lastEventId: "2");
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("9223372036854775808")]
    public async Task A_last_event_id_that_was_never_sent_is_refused_by_its_name(string lastEventId)
    {
        var user = await system.NewUserAsync();
        var id = await CreateAsync(user.AccessToken);
        using var refused = await TaskStream.AskAsync(system, id, user.AccessToken, lastEventId);
        await refused.InvalidAsync("Last-Event-ID");
    }

    [Fact]
    public async Task Another_s_history_is_not_there_and_who_reads_all_reads_it()
    {
        var owner = await system.NewUserAsync();
        var other = await system.NewUserAsync();
        var id = await CreateAsync(owner.AccessToken);

        await (await GetAsync(other.AccessToken, id)).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        using var refused = await TaskStream.AskAsync(system, id, other.AccessToken);
        await refused.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        Assert.Equal([1], Sequences(await (await GetAsync(await system.AdminTokenAsync(), id)).JsonAsync()));
        using var stream = await TaskStream.OpenAsync(system, id, await system.AdminTokenAsync());
    }

    [Fact]
    public async Task While_nothing_happens_a_comment_says_that_the_stream_is_alive()
    {
        var user = await system.NewUserAsync();
        var id = await CreateAsync(user.AccessToken);
        Configuration["Streams:Heartbeat"] = "00:00:00.1";
        try
        {
            using var stream = await TaskStream.OpenAsync(system, id, user.AccessToken, lastEventId: "1");
            Assert.Equal(": ", await stream.LineAsync(line => line.StartsWith(':')));
        }
        finally
        {
            Configuration["Streams:Heartbeat"] = null;
        }
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_is_revoked()
    {
        var user = await system.NewUserAsync();
        var id = await CreateAsync(user.AccessToken);
        using var stream = await TaskStream.OpenAsync(system, id, user.AccessToken, lastEventId: "1");

        using var loggedOut = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/logout", user.AccessToken);
        Assert.Equal(HttpStatusCode.NoContent, loggedOut.StatusCode);

        Assert.Equal(": The access token was revoked: open the stream again with a new one.\n\n", await stream.RestAsync());
    }

    [Fact]
    public async Task A_caller_has_so_many_streams_open_and_no_more()
    {
        var user = await system.NewUserAsync();
        var id = await CreateAsync(user.AccessToken);
        Configuration["Streams:MaxPerCaller"] = "2";
        try
        {
            using var first = await TaskStream.OpenAsync(system, id, user.AccessToken);
            using (await TaskStream.OpenAsync(system, id, user.AccessToken))
            {
                using var refused = await TaskStream.AskAsync(system, id, user.AccessToken);
                await refused.ProblemAsync(HttpStatusCode.TooManyRequests, "RATE_LIMITED");
                Assert.NotNull(refused.Headers.RetryAfter);
                using var others = await TaskStream.OpenAsync(system, id, await system.AdminTokenAsync());
            }

            // The gateway sees that the client has gone a moment after it went.
            await Eventually.Is(HttpStatusCode.OK, async () =>
            {
                using var again = await TaskStream.AskAsync(system, id, user.AccessToken);
                return again.StatusCode;
            });
        }
        finally
        {
            Configuration["Streams:MaxPerCaller"] = null;
        }
    }

    private async Task<long> CreateAsync(string token, bool runNow = false)
    {
        using var answer = await system.Tasks.SendAsync(
            HttpMethod.Post, Tasks, token, new { runAt = runNow ? (DateTimeOffset?)null : TimeProvider.System.GetUtcNow().AddHours(1) });
        return (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("task").GetProperty("taskId").GetInt64();
    }

    private Task<HttpResponseMessage> GetAsync(string token, long id, string query = "") => system.Tasks.SendAsync(HttpMethod.Get, $"{Tasks}/{id}/events{query}", token);

    private static IEnumerable<int> Sequences(JsonElement answer) => answer.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("sequence").GetInt32());
}
