using System.Net;
using System.Security.Cryptography;
using System.Text;
using Airliner.Tasks.Silo;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

/// <summary>What an upload is held against: the digest that it tells, and its user's quota.</summary>
[Collection(SystemCollection.Name)]
public sealed class UploadTests(RunningSystem system)
{
    private const string Files = "/api/v1/eventstreammonitor/files";
    private const long QuotaBytes = 10L << 30;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Content-Digest")]
    [InlineData("Repr-Digest")]
    public async Task An_upload_that_came_as_its_digest_says_is_taken_and_answered_with_it(string header)
    {
        var user = await system.NewUserAsync();
        using var made = await UploadAsync(user, "12345"u8, headers: (header, $"md5=:AAAA:, {Digest("12345"u8)}"));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var request = new HttpRequestMessage(method, made.Headers.Location) { Headers = { Authorization = new("Bearer", user.AccessToken), Range = new(1, 2) } };
            using var part = await system.Tasks.Http.SendAsync(request, Token);
            Assert.Equal((HttpStatusCode.PartialContent, Digest("12345"u8)), (part.StatusCode, part.Headers.GetValues("Repr-Digest").Single()));
            Assert.Equal((2, method == HttpMethod.Get ? "23" : ""), (part.Content.Headers.ContentLength, await part.Content.ReadAsStringAsync(Token)));
        }
    }

    [Theory]
    [InlineData("Content-Digest")]
    [InlineData("Repr-Digest")]
    public async Task An_upload_that_came_otherwise_is_refused_and_not_kept(string header)
    {
        var user = await system.NewUserAsync();
        await (await UploadAsync(user, "12345"u8, headers: (header, Digest("1234"u8)))).InvalidAsync(header);
        await (await UploadAsync(user, "12345"u8, headers: (header, "sha-512=:AAAA:"))).InvalidAsync(header);
        await (await UploadAsync(user, "12345"u8, headers: (header, "12345"))).InvalidAsync(header);
        Assert.Empty(Stored(user));
        Assert.Equal((0, 0), await UsageAsync(user));
    }

    [Fact]
    public async Task A_part_of_a_multipart_upload_has_a_digest_of_its_own()
    {
        var user = await system.NewUserAsync();
        using var made = await UploadPartAsync(user, Digest("12345"u8));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await (await UploadPartAsync(user, Digest("1234"u8))).InvalidAsync("Content-Digest");
        await (await UploadPartAsync(user, Digest("12345"u8), ("Content-Digest", Digest("12345"u8)))).InvalidAsync("Content-Digest");
        Assert.Single(Stored(user));
    }

    [Fact]
    public async Task Of_two_files_in_one_upload_none_is_stored_and_a_field_may_come_after_one()
    {
        var user = await system.NewUserAsync();
        using var two = await SendPartsAsync(user, Part("a"), Part("b"));
        await two.InvalidAsync("body");
        Assert.Empty(Stored(user));

        using var one = await SendPartsAsync(user, Part("a"), "Content-Disposition: form-data; name=\"note\"\r\n\r\nof today");
        Assert.Equal(HttpStatusCode.Created, one.StatusCode);
        Assert.Single(Stored(user));
    }

    [Fact]
    public async Task What_has_no_room_is_refused_and_the_refusal_says_what_is_used_and_needed()
    {
        var user = await system.NewUserAsync();
        await UseAsync(user, QuotaBytes - 5);
        foreach (var chunked in new[] { false, true })
        {
            using var refused = await UploadAsync(user, "123456"u8, chunked);
            var problem = await refused.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "PAYLOAD_TOO_LARGE");
            Assert.Equal(
                $"The quota of {QuotaBytes} bytes has no room: {QuotaBytes - 5} are used, and the file needs at least 6. Delete files that are needed no more.",
                problem.GetProperty("detail").GetString());
        }

        Assert.Empty(Stored(user));
        using var taken = await UploadAsync(user, "12345"u8);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Equal((QuotaBytes, 2), await UsageAsync(user));
    }

    [Fact]
    public async Task An_upload_that_is_repeated_is_answered_though_there_is_no_room_any_more()
    {
        var user = await system.NewUserAsync();
        await UseAsync(user, QuotaBytes - 5);
        var key = KeyedCalls.NewKey();
        using var first = await UploadAsync(user, "12345"u8, headers: ("Idempotency-Key", key));
        using var again = await UploadAsync(user, "12345"u8, headers: ("Idempotency-Key", key));
        using var other = await UploadAsync(user, "12345"u8, headers: ("Idempotency-Key", KeyedCalls.NewKey()));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created, true), (first.StatusCode, again.StatusCode, again.IsReplayed()));
        await other.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "PAYLOAD_TOO_LARGE");
        Assert.Single(Stored(user));
    }

    private static string Digest(ReadOnlySpan<byte> content) => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(content))}:";

    private string[] Stored(Account user) =>
        Path.Combine(system.DataFolder, "files", "users", $"{user.UserId}") is var folder && Directory.Exists(folder) ? Directory.GetFiles(folder) : [];

    private Task<HttpResponseMessage> UploadAsync(Account user, ReadOnlySpan<byte> bytes, bool chunked = false, params (string Name, string Value)[] headers) =>
        SendAsync(user, new ByteArrayContent(bytes.ToArray()), chunked, headers);

    private Task<HttpResponseMessage> UploadPartAsync(Account user, string digest, params (string Name, string Value)[] headers) =>
        SendAsync(user, Multipart(Part("a", $"Content-Digest: {digest}\r\n")), chunked: false, headers);

    private Task<HttpResponseMessage> SendPartsAsync(Account user, params string[] parts) => SendAsync(user, Multipart(parts), chunked: false, []);

    private static string Part(string fileName, string headers = "") =>
        $"Content-Disposition: form-data; name=\"f\"; filename=\"{fileName}\"\r\n{headers}\r\n12345";

    private static StringContent Multipart(params string[] parts)
    {
        var body = string.Concat(parts.Select(part => $"--cut\r\n{part}\r\n")) + "--cut--\r\n";
        return new(body, Encoding.UTF8) { Headers = { ContentType = new("multipart/form-data") { Parameters = { new("boundary", "cut") } } } };
    }

    private async Task<HttpResponseMessage> SendAsync(Account user, HttpContent content, bool chunked, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Files) { Content = content };
        request.Headers.Authorization = new("Bearer", user.AccessToken);
        request.Headers.TransferEncodingChunked = chunked;
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await system.Tasks.Http.SendAsync(request, Token);
    }

    /// <summary>Makes it seem that a file of this size is there.</summary>
    private async Task UseAsync(Account user, long bytes)
    {
        await using var command = Database.CreateCommand("insert into file_usage (user_id, bytes, files) values ($1, $2, 1)");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = user.UserId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = bytes });
        await command.ExecuteNonQueryAsync(Token);
    }

    private async Task<(long Bytes, long Files)> UsageAsync(Account user)
    {
        using var answer = await system.Tasks.SendAsync(HttpMethod.Get, Files, user.AccessToken);
        var usage = (await answer.JsonAsync()).GetProperty("usage");
        return (usage.GetProperty("bytes").GetInt64(), usage.GetProperty("files").GetInt64());
    }

    private NpgsqlDataSource Database => system.Silo.GetRequiredKeyedService<NpgsqlDataSource>(TasksModule.Service);
}
