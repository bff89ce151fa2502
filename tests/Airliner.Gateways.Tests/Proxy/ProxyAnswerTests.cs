using System.Net;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests.Proxy;

/// <summary>What the proxy of <c>docker-compose.proxy.yml</c> answers by itself.</summary>
public sealed class ProxyAnswerTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    /// <summary>What a problem of a gateway has: see <c>ServiceDefaults/Problems/ProblemWriter</c>.</summary>
    private static readonly string[] _members = ["detail", "error", "instance", "message", "status", "title", "traceId", "type"];

    [Fact]
    public async Task Where_no_gateway_is_ready_the_problem_is_whole_and_says_when_to_come_back()
    {
        proxy.SkipWhereNone();
        using var answer = await proxy.Http.GetAsync(proxy.Tasks("/api/v1/eventstreammonitor/tasks?page=2"), TestContext.Current.CancellationToken);

        await IsWholeAsync(answer, HttpStatusCode.ServiceUnavailable, "UNAVAILABLE", "Service Unavailable");
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter?.Delta);
    }

    [Theory]
    [InlineData("/breaks-off", HttpStatusCode.BadGateway, "INTERNAL_SERVER_ERROR", "Bad Gateway")]
    [InlineData("/says-nothing", HttpStatusCode.GatewayTimeout, "GATEWAY_TIMEOUT", "Gateway Timeout")]
    public async Task Where_a_gateway_fails_the_problem_is_whole(string path, HttpStatusCode status, string error, string title)
    {
        proxy.SkipWhereNone();
        using var answer = await proxy.Http.GetAsync(proxy.Users(path), TestContext.Current.CancellationToken);

        await IsWholeAsync(answer, status, error, title);
    }

    [Theory]
    [InlineData($"00-{TraceId}-b7ad6b7169203331-01", true)]
    [InlineData("00-\"}-b7ad6b7169203331-01", false)]
    public async Task The_problem_has_the_trace_that_the_request_is_of_where_that_is_one(string traceparent, bool isOne)
    {
        proxy.SkipWhereNone();
        using var request = new HttpRequestMessage(HttpMethod.Get, proxy.Tasks("/"));
        request.Headers.TryAddWithoutValidation("traceparent", traceparent);
        using var answer = await proxy.Http.SendAsync(request, TestContext.Current.CancellationToken);

        var problem = await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable, "UNAVAILABLE");
        Assert.Equal(isOne, problem.GetProperty("traceId").GetString() == TraceId);
    }

    [Fact]
    public async Task A_path_is_in_the_problem_whatever_is_in_it()
    {
        proxy.SkipWhereNone();

        var answer = await proxy.SendAsync("GET /a\"b\\c%22 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.Equal("/a\"b\\c%22", Body(answer).GetProperty("instance").GetString());
    }

    [Theory]
    [InlineData(400, "Bad Request", "GET / HTTP/1.1\r\nno header\r\n\r\n")]
    [InlineData(408, "Request Timeout", "GET / HTTP/1.1\r\nHost:")]
    public async Task What_is_no_request_is_answered_with_a_problem_too(int status, string title, string request)
    {
        proxy.SkipWhereNone(atLeast: "3.2");

        IsStatic(await proxy.SendAsync(request), status, title);
    }

    [Theory]
    [InlineData(414, "URI Too Long", "GET /{0} HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(431, "Request Header Fields Too Large", "GET / HTTP/1.1\r\nHost: a\r\nX-A: {0}\r\n\r\n")]
    public async Task What_is_too_long_is_answered_with_a_problem_too(int status, string title, string request)
    {
        proxy.SkipWhereNone(atLeast: "3.2");

        IsStatic(await proxy.SendAsync(request.Replace("{0}", new string('a', 20_000), StringComparison.Ordinal)), status, title);
    }

    private static async Task IsWholeAsync(HttpResponseMessage answer, HttpStatusCode status, string error, string title)
    {
        var problem = await answer.ProblemAsync(status, error);
        Assert.Equal(_members, problem.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("https://www.rfc-editor.org/rfc/rfc9110#section-15.6", title), (problem.GetProperty("type").GetString(), problem.GetProperty("title").GetString()));
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    /// <summary>It was not read, so it has no path and no trace.</summary>
    private static void IsStatic(string answer, int status, string title)
    {
        Assert.StartsWith($"HTTP/1.1 {status} {title}\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("content-type: application/problem+json\r\n", answer, StringComparison.OrdinalIgnoreCase);
        var problem = Body(answer);
        Assert.Equal(_members.Except(["instance", "traceId"]), problem.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            ("https://www.rfc-editor.org/rfc/rfc9110#section-15.5", title, status, "BAD_REQUEST"),
            (problem.GetProperty("type").GetString(), problem.GetProperty("title").GetString(), problem.GetProperty("status").GetInt32(), problem.GetProperty("error").GetString()));
        Assert.Equal(problem.GetProperty("detail").GetString(), problem.GetProperty("message").GetString());
    }

    private static JsonElement Body(string answer) => JsonElement.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
}
