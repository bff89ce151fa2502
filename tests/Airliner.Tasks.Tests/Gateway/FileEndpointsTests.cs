using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Airliner.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

[Collection(SystemCollection.Name)]
public sealed class FileEndpointsTests(RunningSystem system)
{
    private const string Files = "/api/v1/eventstreammonitor/files";
    private static readonly byte[] _content = Encoding.UTF8.GetBytes("a,b\n1,2\n");

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string token, HttpContent? content = null, Action<HttpRequestHeaders>? headers = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content, Headers = { Authorization = new("Bearer", token) } };
        headers?.Invoke(request.Headers);
        return await system.Tasks.Http.SendAsync(request);
    }

    private async Task<JsonElement> UploadAsync(string token, HttpContent content) =>
        (await (await SendAsync(HttpMethod.Post, Files, token, content)).JsonAsync(HttpStatusCode.Created)).GetProperty("file");

    private static ByteArrayContent Raw(byte[] bytes, string? type = "text/csv", string? disposition = null)
    {
        var content = new ByteArrayContent(bytes);
        if (type is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (disposition is not null)
            content.Headers.TryAddWithoutValidation("Content-Disposition", disposition);
        return content;
    }

    private static StringContent Multipart(string part, string boundary = "cut")
    {
        var content = new StringContent(part.ReplaceLineEndings("\r\n"));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={boundary}");
        return content;
    }

    [Fact]
    public async Task A_raw_upload_is_downloaded_as_it_was_and_runs_nowhere()
    {
        var user = await system.NewUserAsync();
        var file = await UploadAsync(user.AccessToken, Raw(_content, disposition: "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.csv"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(_content));
        Assert.Equal(
            ("Grüße.csv", 8, "text/csv", hash),
            (file.GetProperty("name").GetString(), file.GetProperty("size").GetInt64(), file.GetProperty("contentType").GetString(), file.GetProperty("sha256").GetString()));

        using var answer = await SendAsync(HttpMethod.Get, $"{Files}/{file.GetProperty("fileId").GetInt64()}", user.AccessToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(_content, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        var disposition = answer.Content.Headers.GetValues("Content-Disposition").Single();
        Assert.StartsWith("attachment;", disposition, StringComparison.Ordinal);
        Assert.Contains("filename*=UTF-8''Gr%C3%BC%C3%9Fe.csv", disposition, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.StartsWith("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal($"\"{hash}\"", answer.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task A_part_of_a_file_and_an_unchanged_one_are_answered_as_such()
    {
        var user = await system.NewUserAsync();
        var file = await UploadAsync(user.AccessToken, Raw(_content));
        var path = $"{Files}/{file.GetProperty("fileId").GetInt64()}";
        var tag = new EntityTagHeaderValue($"\"{file.GetProperty("sha256").GetString()}\"");

        using var part = await SendAsync(HttpMethod.Get, path, user.AccessToken, headers: headers => headers.Range = new RangeHeaderValue(2, 4));
        Assert.Equal((HttpStatusCode.PartialContent, "b\n1"), (part.StatusCode, await part.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("bytes 2-4/8", part.Content.Headers.ContentRange?.ToString());
        using var same = await SendAsync(HttpMethod.Get, path, user.AccessToken, headers: headers => headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }

    [Fact]
    public async Task A_range_beyond_the_end_and_a_file_that_does_not_match_are_problems_without_the_file_s_headers()
    {
        var user = await system.NewUserAsync();
        var path = $"{Files}/{(await UploadAsync(user.AccessToken, Raw(_content))).GetProperty("fileId").GetInt64()}";

        using var beyond = await SendAsync(HttpMethod.Get, path, user.AccessToken, headers: headers => headers.Range = new RangeHeaderValue(100, 200));
        await beyond.ProblemAsync(HttpStatusCode.RequestedRangeNotSatisfiable, "RANGE_NOT_SATISFIABLE");
        Assert.Equal("bytes */8", beyond.Content.Headers.ContentRange?.ToString());
        using var another = await SendAsync(HttpMethod.Get, path, user.AccessToken, headers: headers => headers.IfMatch.Add(new EntityTagHeaderValue("\"another\"")));
        await another.ProblemAsync(HttpStatusCode.PreconditionFailed, "PRECONDITION_FAILED");
        Assert.Null(another.Content.Headers.ContentRange);
        foreach (var refused in new[] { beyond, another })
            Assert.Equal((null, null, false), (refused.Headers.ETag, refused.Content.Headers.ContentDisposition, refused.Headers.Contains("Repr-Digest")));
    }

    [Theory]
    [InlineData("form-data; name=\"f\"; filename=\"a.csv\"", "text/csv", "a.csv", "text/csv")]
    [InlineData("form-data; name=\"f\"; filename=\"../../etc/passwd\"", "text/plain; charset=utf-8", "passwd", "text/plain")]
    [InlineData("form-data; name=\"f\"; filename=\"C:\\\\temp\\\\a.html\"", "text/html", "a.html", "application/octet-stream")]
    [InlineData("form-data; name=\"f\"; filename=\"..\"", "image/svg+xml", "file", "application/octet-stream")]
    [InlineData("form-data; name=\"f\"; filename=\"a.txt\"; filename*=UTF-8''x%E2%80%AEfdp.exe", "nonsense", "xfdp.exe", "application/octet-stream")]
    public async Task A_multipart_upload_gets_a_plain_name_and_a_safe_type(string disposition, string type, string name, string stored)
    {
        var user = await system.NewUserAsync();
        var file = await UploadAsync(user.AccessToken, Multipart($"""
            --cut
            Content-Disposition: form-data; name="note"

            not a file
            --cut
            Content-Disposition: {disposition}
            Content-Type: {type}

            12345
            --cut--

            """));
        Assert.Equal((name, 5, stored), (file.GetProperty("name").GetString(), file.GetProperty("size").GetInt64(), file.GetProperty("contentType").GetString()));
    }

    [Theory]
    [InlineData("--cut\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\n\n12345")]
    [InlineData("--cut\nContent-Disposition: form-data; name=\"f\"\n\n12345\n--cut--\n")]
    [InlineData("nothing of the kind")]
    [InlineData("")]
    public async Task A_multipart_body_that_is_broken_or_has_no_file_is_refused(string body)
    {
        var user = await system.NewUserAsync();
        await (await SendAsync(HttpMethod.Post, Files, user.AccessToken, Multipart(body))).InvalidAsync("body");
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        var user = await system.NewUserAsync();
        var file = await UploadAsync(user.AccessToken, Raw([], type: null));
        Assert.Equal((0, "file", "application/octet-stream"), (file.GetProperty("size").GetInt64(), file.GetProperty("name").GetString(), file.GetProperty("contentType").GetString()));
        using var answer = await SendAsync(HttpMethod.Get, $"{Files}/{file.GetProperty("fileId").GetInt64()}", user.AccessToken);
        Assert.Equal((HttpStatusCode.OK, 0L), (answer.StatusCode, answer.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused()
    {
        var user = await system.NewUserAsync();
        var configuration = system.Tasks.Services.GetRequiredService<IConfiguration>();
        configuration["Files:MaxBytes"] = "8";
        try
        {
            await UploadAsync(user.AccessToken, Raw(_content));
            using var answer = await SendAsync(HttpMethod.Post, Files, user.AccessToken, Raw([.. _content, 0]));
            await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "PAYLOAD_TOO_LARGE");
        }
        finally
        {
            configuration["Files:MaxBytes"] = null;
        }
    }

    [Fact]
    public async Task Another_s_file_is_not_there_and_a_machine_has_none()
    {
        var owner = await system.NewUserAsync();
        var path = $"{Files}/{(await UploadAsync(owner.AccessToken, Raw(_content))).GetProperty("fileId").GetInt64()}";
        await (await SendAsync(HttpMethod.Get, path, (await system.NewUserAsync()).AccessToken)).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, path, await system.AdminTokenAsync())).StatusCode);
        await (await SendAsync(HttpMethod.Post, Files, await system.ServiceTokenAsync(), Raw(_content))).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        await (await SendAsync(HttpMethod.Get, $"{Files}/1", owner.AccessToken)).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }
}
