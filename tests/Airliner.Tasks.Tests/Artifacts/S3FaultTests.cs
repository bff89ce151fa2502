using System.Xml.Linq;
using Airliner.Contracts.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Artifacts;

/// <summary>The store over a bucket whose service is in trouble, or has more to tell than goes into one answer.</summary>
public sealed class S3FaultTests
{
    private const string Uploads = """
        <ListMultipartUploadsResult>
          <Upload><Key>users/1/1</Key><UploadId>old</UploadId><Initiated>2033-05-17T03:00:00.000Z</Initiated></Upload>
          <Upload><Key>users/1/2</Key><UploadId>young</UploadId><Initiated>2033-05-18T03:00:00.000Z</Initiated></Upload>
        </ListMultipartUploadsResult>
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_that_breaks_off_is_asked_for_again_from_there()
    {
        await using var stub = await StubS3.StartAsync(http => ObjectAsync(http, breaks: true));
        using var store = stub.Store();
        await using var stream = (await store.OpenAsync("a", Token))!;
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Token);
        Assert.Equal("0123456789"u8.ToArray(), copy.ToArray());
        Assert.Equal(["HEAD /files/a", "GET /files/a bytes=0-", "GET /files/a bytes=4-", "GET /files/a bytes=8-"], stub.Requests);
    }

    [Fact]
    public async Task What_is_read_in_pieces_is_asked_for_once()
    {
        await using var stub = await StubS3.StartAsync(http => ObjectAsync(http, breaks: false));
        using var store = stub.Store();
        await using var stream = (await store.OpenAsync("a", Token))!;
        stream.Seek(3, SeekOrigin.Begin);
        for (var i = 3; i < 10; i++)
            Assert.Equal('0' + i, stream.ReadByte());
        Assert.Equal(["HEAD /files/a", "GET /files/a bytes=3-"], stub.Requests);
    }

    [Fact]
    public async Task An_artifact_that_was_replaced_is_not_read_on()
    {
        await using var stub = await StubS3.StartAsync(http =>
            http.Request.Method == "HEAD" ? ObjectAsync(http, breaks: false) : RefuseAsync(http, http.Request.Headers.IfMatch == "\"one\"" ? 412 : 200, "PreconditionFailed"));
        using var store = stub.Store();
        await using var stream = (await store.OpenAsync("a", Token))!;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => stream.ReadAsync(new byte[1], Token).AsTask());
    }

    [Fact]
    public async Task A_part_that_is_refused_ends_the_upload_and_aborts_it()
    {
        await using var stub = await StubS3.StartAsync(http => http.Request.Method switch
        {
            "POST" => http.Response.WriteAsync("<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"),
            "DELETE" => RefuseAsync(http, 204),
            _ => RefuseAsync(http, 403, "AccessDenied"),
        });
        using var store = stub.Store();
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => store.SaveAsync("a", new MemoryStream(new byte[6 << 20]), long.MaxValue, Token));
        Assert.Equal("The bucket of files does not answer, or refuses.", failure.Message);
        Assert.Equal("DELETE /files/a?uploadId=u1", stub.Requests.Last());
    }

    [Fact]
    public async Task A_service_that_fails_or_is_not_there_is_unavailable_and_keeps_its_words_to_itself()
    {
        var stub = await StubS3.StartAsync(http => RefuseAsync(http, 403, "AccessDenied"));
        using var store = stub.Store();
        await AllFailAsync();
        await stub.DisposeAsync();
        await AllFailAsync();

        async Task AllFailAsync()
        {
            foreach (var call in new Func<Task>[]
            {
                () => store.SaveAsync("a", new MemoryStream([1]), 1, Token), () => store.OpenAsync("a", Token), () => store.DeleteAsync("a", Token),
                () => store.DeleteAllAsync("a", Token), () => store.PingAsync(Token), () => store.ListAsync(DateTimeOffset.MaxValue, Token).CountAsync(Token).AsTask(),
            })
            {
                var failure = await Assert.ThrowsAsync<StorageUnavailableException>(call);
                Assert.Null(failure.InnerException);
                Assert.DoesNotContain("AccessDenied", failure.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Unfinished_uploads_of_a_user_are_aborted_with_all_that_is_the_user_s()
    {
        await using var stub = await StubS3.StartAsync(WithUploadsAsync);
        using var store = stub.Store();
        await store.DeleteAllAsync("users/1", Token);
        Assert.Equal("GET /files/?uploads&prefix=users%2F1%2F", stub.Requests.First());
        Assert.Equal(["DELETE /files/users/1/1?uploadId=old", "DELETE /files/users/1/2?uploadId=young"], Aborted(stub));
    }

    [Fact]
    public async Task Unfinished_uploads_are_swept_after_a_day()
    {
        await using var stub = await StubS3.StartAsync(WithUploadsAsync);
        using var store = stub.Store(new FakeTimeProvider(new DateTimeOffset(2033, 5, 18, 3, 33, 20, TimeSpan.Zero)));
        Assert.Equal(1, await store.SweepAsync(Token));
        Assert.Equal(["DELETE /files/users/1/1?uploadId=old"], Aborted(stub));
    }

    [Fact]
    public async Task More_than_a_page_is_listed_and_deleted()
    {
        var deleted = new List<string>();
        await using var stub = await StubS3.StartAsync(async http =>
        {
            if (http.Request.Method == "POST")
                deleted.AddRange(XDocument.Load(http.Request.Body).Descendants().Where(element => element.Name.LocalName == "Key").Select(element => element.Value));
            await http.Response.WriteAsync(
                http.Request.Method == "POST" ? "<DeleteResult/>"
                : http.Request.Query.ContainsKey("uploads") ? "<ListMultipartUploadsResult/>"
                : http.Request.Query["continuation-token"] == "next" ? Page("", "users/1/3")
                : Page("<NextContinuationToken>next</NextContinuationToken>", "users/1/1", "users/1/2"));
        });
        using var store = stub.Store();
        Assert.Equal(["users/1/1", "users/1/2", "users/1/3"], await store.ListAsync(DateTimeOffset.MaxValue, Token).ToListAsync(Token));
        Assert.Empty(await store.ListAsync(DateTimeOffset.UnixEpoch, Token).ToListAsync(Token));
        await store.DeleteAllAsync("users/1", Token);
        Assert.Equal(["users/1/1", "users/1/2", "users/1/3"], deleted);
        Assert.Equal(2, stub.Requests.Count(request => request.StartsWith("POST ", StringComparison.Ordinal)));
    }

    private static string Page(string next, params string[] keys)
    {
        var contents = keys.Select(key => $"<Contents><Key>{key}</Key><LastModified>2033-05-17T03:00:00.000Z</LastModified></Contents>");
        return $"<ListBucketResult>{next}{string.Concat(contents)}</ListBucketResult>";
    }

    private static IEnumerable<string> Aborted(StubS3 stub) => stub.Requests.Where(request => request.StartsWith("DELETE ", StringComparison.Ordinal));

    private static Task WithUploadsAsync(HttpContext http) => http.Request.Method == "DELETE"
        ? RefuseAsync(http, 204)
        : http.Response.WriteAsync(http.Request.Query.ContainsKey("uploads") ? Uploads : "<ListBucketResult/>");

    /// <summary>Ten bytes. An answer that breaks has at most four of those that it promised, upon which Kestrel closes the connection.</summary>
    private static async Task ObjectAsync(HttpContext http, bool breaks)
    {
        var from = http.Request.Headers.Range.ToString() is { Length: > 0 } range ? range["bytes=".Length] - '0' : 0;
        http.Response.StatusCode = http.Request.Method == "HEAD" ? 200 : 206;
        http.Response.Headers.ETag = "\"one\"";
        http.Response.ContentLength = 10 - from;
        if (http.Request.Method == "HEAD")
            return;
        await http.Response.Body.WriteAsync("0123456789"u8.ToArray().AsMemory(from, breaks ? Math.Min(4, 10 - from) : 10 - from));
    }

    private static Task RefuseAsync(HttpContext http, int status, string code = "")
    {
        http.Response.StatusCode = status;
        return code.Length == 0 || http.Request.Method == "HEAD" ? Task.CompletedTask : http.Response.WriteAsync($"<Error><Code>{code}</Code><Message>{code}</Message></Error>");
    }
}
