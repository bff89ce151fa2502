using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>Errors that the framework answers before any endpoint of ours does.</summary>
public sealed class ProblemTests(RunningSystem system)
{
    private const string Register = "/api/v1/airliner/registerUser";

    [Fact]
    public async Task What_is_not_there_is_not_found_with_and_without_a_token()
    {
        var token = await system.AdminTokenAsync();
        foreach (var gateway in system.Gateways)
        {
            using var anonymous = await gateway.SendAsync(HttpMethod.Get, "/api/v1/airliner/nothing");
            await anonymous.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
            using var known = await gateway.SendAsync(HttpMethod.Get, "/api/v1/airliner/nothing", token);
            await known.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        }
    }

    [Fact]
    public async Task Another_method_is_refused_and_the_right_one_named()
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Get, Register);

        await answer.ProblemAsync(HttpStatusCode.MethodNotAllowed, "METHOD_NOT_ALLOWED");
        Assert.Equal(["POST"], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_too_large()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Register) { Content = new StringContent(new string(' ', 40_000_000), Encoding.UTF8, "application/json") };
        // The server refuses by the length alone, without reading: the body is sent only where it says so.
        request.Headers.ExpectContinue = true;
        using var answer = await system.Users.Http.SendAsync(request, TestContext.Current.CancellationToken);

        var problem = await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "PAYLOAD_TOO_LARGE");
        Assert.Contains("1048576 bytes at most", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"", HttpStatusCode.BadRequest)]
    [InlineData("application/json; charset=UTF-8", HttpStatusCode.BadRequest)]
    [InlineData("application/json; charset=utf-7", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=bogus", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task JSON_is_in_UTF_8_however_that_is_written(string contentType, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Register) { Content = new ByteArrayContent("{}"u8.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var answer = await system.Users.Http.SendAsync(request, TestContext.Current.CancellationToken);

        await answer.ProblemAsync(expected, expected == HttpStatusCode.BadRequest ? "BAD_REQUEST" : "UNSUPPORTED_MEDIA_TYPE");
    }

    [Fact]
    public async Task A_file_is_taken_in_any_charset()
    {
        var user = await system.NewUserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/eventstreammonitor/files") { Content = new ByteArrayContent(Encoding.Unicode.GetBytes("{}")) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=utf-16");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", user.AccessToken);
        using var answer = await system.Tasks.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_in_a_coding_that_is_not_taken_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Register) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Content.Headers.ContentEncoding.Add("gzip");
        using var answer = await system.Users.Http.SendAsync(request, TestContext.Current.CancellationToken);

        await answer.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE");
    }

    [Theory]
    [InlineData("""{"parameters":{"a":"?"}}""")]
    [InlineData("""{"parameters":{"?":1}}""")]
    public async Task Bytes_that_are_no_UTF_8_are_the_clients_mistake(string body)
    {
        var user = await system.NewUserAsync();
        var bytes = Encoding.UTF8.GetBytes(body);
        bytes[bytes.AsSpan().IndexOf((byte)'?')] = 0xff;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/eventstreammonitor/tasks") { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", user.AccessToken);
        using var answer = await system.Tasks.Http.SendAsync(request, TestContext.Current.CancellationToken);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST");
        Assert.Equal("The body is not valid UTF-8.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("""{"username":5}""", "username cannot be read as a text (line 1, byte 14).")]
    [InlineData("""{"firstName":["a"]}""", "firstName cannot be read as a text (line 1, byte 15).")]
    public async Task A_member_of_another_type_is_told_which_would_be_right(string body, string detail)
    {
        using var answer = await PostAsync(system.Users, Register, body, null);

        Assert.Equal(detail, (await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST")).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("""{"maxAttempts":99999999999}""", "maxAttempts cannot be read as a whole number up to 2147483647")]
    [InlineData("""{"runAt":"2026-13-01T00:00:00Z"}""", "runAt cannot be read as a time as in RFC 3339")]
    public async Task A_value_out_of_its_range_is_told_what_would_be_right(string body, string start)
    {
        var user = await system.NewUserAsync();

        using var answer = await PostAsync(system.Tasks, "/api/v1/eventstreammonitor/tasks", body, user.AccessToken);

        Assert.StartsWith(start, (await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST")).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"username\":")]
    [InlineData("{\"extra\":")]
    public async Task JSON_that_nests_too_deep_is_refused(string start)
    {
        var body = start + new string('[', 10_000) + new string(']', 10_000) + "}";

        using var answer = await PostAsync(system.Users, Register, body, null);

        await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST");
    }

    [Theory]
    [InlineData("""{"taskType":"data_processing\u0000"}""")]
    [InlineData("""{"priority":"\u0000"}""")]
    public async Task A_NUL_is_the_clients_mistake(string body)
    {
        var user = await system.NewUserAsync();

        using var answer = await PostAsync(system.Tasks, "/api/v1/eventstreammonitor/tasks", body, user.AccessToken);

        await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST");
    }

    [Theory]
    [InlineData("1", "/api/v1/eventstreammonitor/tasks?taskType=a%00b")]
    [InlineData("2", "/api/v1/airliner/notifications?eventType=a%00b")]
    public async Task A_NUL_in_a_query_is_the_clients_mistake(string gateway, string path)
    {
        var user = await system.NewUserAsync();

        using var answer = await system.Gateways[int.Parse(gateway)].SendAsync(HttpMethod.Get, path, user.AccessToken);

        await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST");
    }

    [Theory]
    [InlineData("10:00", HttpStatusCode.BadRequest)]
    [InlineData("Jan%202026", HttpStatusCode.BadRequest)]
    [InlineData("01/02/2026", HttpStatusCode.BadRequest)]
    [InlineData("2026-02-30T00:00:00Z", HttpStatusCode.BadRequest)]
    [InlineData("2026-01-02T03:04:05.6z", HttpStatusCode.OK)]
    [InlineData("2026-01-02", HttpStatusCode.OK)]
    public async Task A_time_in_a_query_is_one_of_RFC_3339(string time, HttpStatusCode expected)
    {
        var user = await system.NewUserAsync();

        using var answer = await system.Tasks.SendAsync(HttpMethod.Get, $"/api/v1/eventstreammonitor/tasks?createdAfter={time}", user.AccessToken);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_very_long_text_is_refused_by_its_rule()
    {
        using var answer = await PostAsync(system.Users, Register, $$"""{"username":"{{new string('a', 1_000_000)}}"}""", null);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST");
        Assert.True(problem.ToString().Length < 10_000, "An answer does not repeat what it refuses.");
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningGateway gateway, string path, string body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await gateway.Http.SendAsync(request);
    }
}
