using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Airliner.Contracts.Tasks;
using Airliner.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Airliner.Tasks.Tests.FileUpload;

/// <summary>Tasks that fetch a file from somebody's server.</summary>
public sealed class FileUploadTests(PostgresServer postgres, FetchingSilo shared) : IClassFixture<FetchingSilo>
{
    private static readonly byte[] _content = Encoding.UTF8.GetBytes("a,b\n1,2\n");

    private static string Hash => Convert.ToHexStringLower(SHA256.HashData(_content));

    [Fact]
    public async Task A_file_is_fetched_into_the_user_s_files()
    {
        var run = new FileRun(shared.Silos, shared.Server.NewEndpoint());
        run.Endpoint.Answer = http => WriteAsync(http, "text/csv; charset=utf-8");

        var task = await run.EndAsync(new { url = $"{run.Endpoint.Url}/flights/2026%20march.csv?key=1", sha256 = Hash.ToUpperInvariant(), maxBytes = 8 });

        Assert.Equal((TaskStatuses.Completed, null), (task.Status, task.ErrorMessage));
        var result = JsonElement.Parse(task.Result!);
        Assert.Equal(
            (8, Hash, "text/csv", "2026 march.csv"),
            (result.GetProperty("size").GetInt64(), result.GetProperty("sha256").GetString(), result.GetProperty("contentType").GetString(), result.GetProperty("name").GetString()));
        var file = (await run.Silos.Grains.GetGrain<IFileGrain>(result.GetProperty("fileId").GetInt64()).Get())!;
        Assert.Equal((run.UserId, "2026 march.csv", 8L, "text/csv", Hash), (file.UserId, file.Name, file.Size, file.ContentType, file.Sha256));
        Assert.Equal(_content, await File.ReadAllBytesAsync(run.Stored.Single(), TestContext.Current.CancellationToken));
        Assert.Equal("/flights/2026 march.csv?key=1", (await run.Endpoint.NextAsync()).Path);
    }

    [Theory]
    [InlineData("attachment; filename=\"../../etc/pass\\\"wd\"", null, "pass\"wd")]
    [InlineData("attachment; filename=x; filename*=UTF-8''Gr%C3%BC%C3%9Fe.csv", null, "Grüße.csv")]
    [InlineData("attachment; filename=\"..\"", null, "file")]
    [InlineData("attachment; filename=\"server.csv\"", "mine.csv", "mine.csv")]
    public async Task A_file_is_called_as_the_task_says_else_as_its_server_does(string disposition, string? given, string name)
    {
        var run = new FileRun(shared.Silos, shared.Server.NewEndpoint());
        run.Endpoint.Answer = http =>
        {
            http.Response.Headers.ContentDisposition = disposition;
            return WriteAsync(http, "text/html");
        };
        var result = JsonElement.Parse((await run.EndAsync(new { url = $"{run.Endpoint.Url}/", name = given })).Result!);
        Assert.Equal((name, "application/octet-stream"), (result.GetProperty("name").GetString(), result.GetProperty("contentType").GetString()));
    }

    [Theory]
    [InlineData("""{}""", "url: is required")]
    [InlineData("""{"url": 5}""", "url: must be a string")]
    [InlineData("""{"url": "http://example.com/"}""", "url: must begin with https://.")]
    [InlineData("""{"url": "https://169.254.169.254/"}""", "url: must name a public host")]
    [InlineData("""{"url": "https://example.com/", "sha256": "abc"}""", "sha256: must be 64 hexadecimal digits")]
    [InlineData("""{"url": "https://example.com/", "maxBytes": 0}""", "maxBytes: must be from 1 to 2147483648")]
    [InlineData("""{"url": "https://example.com/", "maxBytes": 2147483649}""", "maxBytes: must be from 1 to 2147483648")]
    [InlineData("""{"url": "https://example.com/", "name": "a/b"}""", "name: must have 1 to 255 characters")]
    public async Task Parameters_that_cannot_be_used_fail_the_task_at_once(string parameters, string error)
    {
        var run = new FileRun(shared.Silos, shared.Server.NewEndpoint());
        var task = await run.EndAsync(JsonElement.Parse(parameters));
        Assert.Equal((TaskStatuses.Failed, 1), (task.Status, task.Attempts));
        Assert.StartsWith(error, task.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "url: the server answers 404 instead of 200.")]
    [InlineData(204, "url: the server answers 204 instead of 200.")]
    [InlineData(302, "url: the server answers 302, and redirects are not followed")]
    public async Task What_the_server_refuses_is_not_tried_again(int status, string error)
    {
        var run = new FileRun(shared.Silos, shared.Server.NewEndpoint());
        run.Endpoint.Answer = http =>
        {
            (http.Response.StatusCode, http.Response.Headers.Location) = (status, "/elsewhere");
            return Task.CompletedTask;
        };
        var task = await run.EndAsync(new { url = run.Endpoint.Url });
        Assert.Equal((TaskStatuses.Failed, 1), (task.Status, task.Attempts));
        Assert.StartsWith(error, task.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_in_trouble_is_asked_again()
    {
        var run = new FileRun(shared.Silos, shared.Server.NewEndpoint());
        int[] statuses = [503, 429, 200];
        var asked = 0;
        run.Endpoint.Answer = http =>
        {
            http.Response.StatusCode = statuses[Interlocked.Increment(ref asked) - 1];
            return WriteAsync(http, "text/csv");
        };
        var task = await run.EndAsync(new { url = run.Endpoint.Url });
        Assert.Equal((TaskStatuses.Completed, 3), (task.Status, task.Attempts));
        Assert.Single(run.Stored);
    }

    [Fact]
    public async Task A_connection_that_breaks_leaves_no_file_and_says_how_far_it_came()
    {
        var run = new FileRun(shared.Silos, shared.Server.NewEndpoint());
        run.Endpoint.Answer = async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.Body.WriteAsync(_content, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            http.Abort();
        };
        var task = await run.EndAsync(new { url = run.Endpoint.Url }, maxAttempts: 1);
        Assert.Equal(TaskStatuses.Failed, task.Status);
        Assert.Matches("^url: the (connection broke after|server does not answer)", task.ErrorMessage);
        Assert.Empty(run.Stored);
    }

    [Theory]
    [InlineData("silent", "AnswersWithin", "00:00:00.3", "url: the server does not answer within 0.3 seconds.")]
    [InlineData("stuck", "SilentFor", "00:00:02", "url: the server sends nothing for 2 seconds, after 8 bytes.")]
    public async Task A_server_that_says_nothing_is_left(string how, string limit, string patience, string error)
    {
        await using var impatient = new FetchingSilo(postgres) { Settings = [($"Tasks:FileUpload:{limit}", patience)] };
        await impatient.InitializeAsync();
        var run = new FileRun(impatient.Silos, impatient.Server.NewEndpoint());
        run.Endpoint.Answer = async http =>
        {
            if (how == "stuck")
            {
                await http.Response.Body.WriteAsync(_content, http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
            }

            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        var task = await run.EndAsync(new { url = run.Endpoint.Url }, maxAttempts: 1);
        Assert.Equal((TaskStatuses.Failed, error), (task.Status, task.ErrorMessage));
        Assert.Empty(run.Stored);
    }

    [Theory]
    [InlineData(true, "maxBytes: the file has 8 bytes, and may have 7.")]
    [InlineData(false, "maxBytes: the file has more than 7 bytes.")]
    public async Task A_file_that_is_too_large_is_not_kept_whether_the_server_says_so_or_not(bool isAnnounced, string error)
    {
        var run = new FileRun(shared.Silos, shared.Server.NewEndpoint());
        run.Endpoint.Answer = http => WriteAsync(http, "text/csv", isAnnounced);
        var task = await run.EndAsync(new { url = run.Endpoint.Url, maxBytes = 7 });
        Assert.Equal((TaskStatuses.Failed, 1, error), (task.Status, task.Attempts, task.ErrorMessage));
        Assert.Empty(run.Stored);
    }

    [Fact]
    public async Task A_file_that_is_not_the_one_that_was_meant_is_not_kept()
    {
        var run = new FileRun(shared.Silos, shared.Server.NewEndpoint());
        run.Endpoint.Answer = http => WriteAsync(http, "text/csv");
        var task = await run.EndAsync(new { url = run.Endpoint.Url, sha256 = new string('0', 64) });
        Assert.Equal((TaskStatuses.Failed, 1, $"sha256: the file's is {Hash}."), (task.Status, task.Attempts, task.ErrorMessage));
        Assert.Empty(run.Stored);
    }

    [Fact]
    public async Task A_fetch_that_is_cancelled_ends()
    {
        var run = new FileRun(shared.Silos, shared.Server.NewEndpoint());
        run.Endpoint.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var id = await run.CreateAsync(new { url = run.Endpoint.Url });
        await run.Endpoint.NextAsync();
        await run.CancelAsync(id);
        Assert.Equal(TaskStatuses.Cancelled, (await run.Silos.EndAsync(id)).Status);
    }

    private static async Task WriteAsync(HttpContext http, string contentType, bool isAnnounced = true)
    {
        http.Response.ContentType = contentType;
        http.Response.ContentLength = isAnnounced ? _content.Length : null;
        await http.Response.Body.WriteAsync(_content, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
