using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

/// <summary>Creates with an idempotency key make one task, or one file, however often they are sent.</summary>
[Collection(SystemCollection.Name)]
public sealed class KeyedCreatesTests(RunningSystem system)
{
    private const string Tasks = "/api/v1/eventstreammonitor/tasks";
    private const string Files = "/api/v1/eventstreammonitor/files";

    private readonly string _key = KeyedCalls.NewKey();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_fifty_creates_at_once_with_one_key_one_makes_a_task()
    {
        var user = await system.NewUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CreateAsync(user.AccessToken)));

        var made = answers.Where(answer => answer.StatusCode == HttpStatusCode.Created).ToArray();
        Assert.All(answers.Except(made), answer => Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode));
        Assert.Single(made, answer => !answer.IsReplayed());
        Assert.Single((await Task.WhenAll(made.Select(answer => answer.Content.ReadAsStringAsync(Token)))).Distinct());
        Assert.Equal(1, await CountAsync(user.AccessToken));
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task A_gateway_that_is_lost_before_it_keeps_the_answer_leaves_one_task()
    {
        var user = await system.NewUserAsync();
        using var first = await CreateAsync(user.AccessToken);
        Assert.Equal(1, await system.LoseAnswersAsync("tasks", user.UserId));

        using var again = await CreateAsync(user.AccessToken);

        Assert.Equal((HttpStatusCode.Created, false), (again.StatusCode, again.IsReplayed()));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(1, await CountAsync(user.AccessToken));
    }

    [Fact]
    public async Task The_same_key_of_another_user_is_another_one()
    {
        var (one, other) = (await system.NewUserAsync(), await system.NewUserAsync());
        using var first = await CreateAsync(one.AccessToken);
        using var second = await CreateAsync(other.AccessToken, new { priority = "high" });

        Assert.Equal((HttpStatusCode.Created, false), (second.StatusCode, second.IsReplayed()));
        Assert.NotEqual(first.Headers.Location, second.Headers.Location);
    }

    [Fact]
    public async Task What_a_caller_may_not_is_not_kept()
    {
        var (one, other) = (await system.NewUserAsync(), await system.NewUserAsync());
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var refused = await CreateAsync(one.AccessToken, new { userId = other.UserId });
            Assert.Equal((HttpStatusCode.Forbidden, false), (refused.StatusCode, refused.IsReplayed()));
        }
    }

    [Fact]
    public async Task Without_a_good_token_nothing_is_replayed()
    {
        var user = await system.NewUserAsync();
        using var made = await CreateAsync(user.AccessToken);
        using var refused = await CreateAsync("none");

        Assert.Equal((HttpStatusCode.Unauthorized, false), (refused.StatusCode, refused.IsReplayed()));
    }

    [Fact]
    public async Task What_is_not_there_stays_so_for_its_key()
    {
        var user = await system.NewUserAsync();
        using var first = await system.Tasks.SendKeyedAsync(HttpMethod.Put, $"{Tasks}/1/cancel", _key, user.AccessToken);
        using var again = await system.Tasks.SendKeyedAsync(HttpMethod.Put, $"{Tasks}/1/cancel", _key, user.AccessToken);

        await first.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        Assert.Equal((HttpStatusCode.NotFound, true), (again.StatusCode, again.IsReplayed()));
    }

    [Fact]
    public async Task An_upload_is_repeated_by_what_it_holds_whatever_its_boundary()
    {
        var user = await system.NewUserAsync();
        using var first = await UploadAsync(user, "a,b", "one");
        using var again = await UploadAsync(user, "a,b", "two");
        using var other = await UploadAsync(user, "a,c", "one");

        Assert.Equal((HttpStatusCode.Created, false), (first.StatusCode, first.IsReplayed()));
        Assert.Equal((HttpStatusCode.Created, true), (again.StatusCode, again.IsReplayed()));
        Assert.Equal(await first.Content.ReadAsStringAsync(Token), await again.Content.ReadAsStringAsync(Token));
        await other.ProblemAsync(HttpStatusCode.UnprocessableEntity, "UNPROCESSABLE");
        await OneIsStoredAsync(user);
    }

    [Fact]
    public async Task A_gateway_that_is_lost_before_it_keeps_the_answer_leaves_one_file()
    {
        var user = await system.NewUserAsync();
        using var first = await UploadAsync(user, "a,b", "one");
        Assert.Equal(1, await system.LoseAnswersAsync("tasks", user.UserId));

        using var again = await UploadAsync(user, "a,b", "one");

        Assert.Equal((HttpStatusCode.Created, false), (again.StatusCode, again.IsReplayed()));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        await OneIsStoredAsync(user);
        using var content = await system.Tasks.SendAsync(HttpMethod.Get, $"{again.Headers.Location}", user.AccessToken);
        Assert.Equal("a,b", await content.Content.ReadAsStringAsync(Token));
    }

    private Task<HttpResponseMessage> CreateAsync(string token, object? body = null) =>
        system.Tasks.SendKeyedAsync(HttpMethod.Post, Tasks, _key, token, body ?? new { runAt = "2999-01-01T00:00:00Z" });

    private Task<HttpResponseMessage> UploadAsync(Account user, string text, string boundary)
    {
        var part = $"--{boundary}\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--{boundary}--\r\n";
        var content = new StringContent(part, Encoding.UTF8) { Headers = { ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={boundary}") } };
        return system.Tasks.SendKeyedAsync(HttpMethod.Post, Files, _key, user.AccessToken, content);
    }

    private async Task<long> CountAsync(string token)
    {
        using var answer = await system.Tasks.SendAsync(HttpMethod.Get, Tasks, token);
        return (await answer.JsonAsync()).GetProperty("pagination").GetProperty("total").GetInt64();
    }

    /// <summary>Waits until the user has one file in the artifact store: a repeat's bytes are deleted after its answer.</summary>
    private Task OneIsStoredAsync(Account user) => Eventually.Is(1, () => Stored(user).Length);

    /// <summary>The user's files in the artifact store.</summary>
    private string[] Stored(Account user) => Directory.GetFiles(Path.Combine(system.DataFolder, "files", "users", $"{user.UserId}"), "*", SearchOption.AllDirectories);
}
