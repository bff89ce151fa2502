using Airliner.Contracts.Idempotency;
using Airliner.ServiceDefaults.Idempotency;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Airliner.Gateways.Tests.Idempotency;

/// <summary>What is kept of an answer, and what becomes of the key where nothing is.</summary>
public sealed class IdempotencyKeysTests
{
    private readonly KeyedRequest _request = new();
    private readonly List<string> _commands = [];

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(412)]
    [InlineData(413)]
    public async Task What_the_request_comes_to_is_kept(int status)
    {
        var first = await _request.SendAsync(Answer(status));
        var again = await _request.SendAsync(Answer(500));

        Assert.Equal((status, "answer 1"), (first.Response.StatusCode, KeyedRequest.TextOf(first)));
        Assert.Equal((status, "answer 1", "true"), (again.Response.StatusCode, KeyedRequest.TextOf(again), again.Response.Headers["Idempotent-Replayed"].ToString()));
        Assert.Equal(("text/plain", "/things/1", "\"tag\""), ($"{again.Response.ContentType}", $"{again.Response.Headers.Location}", $"{again.Response.Headers.ETag}"));
        Assert.Single(_commands);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task What_depends_on_the_moment_is_not_kept_and_the_next_try_is_the_same_command(int status)
    {
        var first = await _request.SendAsync(Answer(status));
        var again = await _request.SendAsync(Answer(201));

        Assert.Equal((status, 201), (first.Response.StatusCode, again.Response.StatusCode));
        Assert.Equal("answer 2", KeyedRequest.TextOf(again));
        Assert.Equal(_commands[0], _commands[1]);
        Assert.StartsWith(StoredAnswerState.CommandPrefix, _commands[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_throws_gives_the_key_back_and_its_exception_goes_on()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => _request.SendAsync(_ => throw new TimeoutException()));
        var again = await _request.SendAsync(Answer(201));

        Assert.Equal((201, "answer 1"), (again.Response.StatusCode, KeyedRequest.TextOf(again)));
    }

    [Fact]
    public async Task An_answer_that_must_not_be_stored_is_not()
    {
        await _request.SendAsync(http =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return Answer(201)(http);
        });

        Assert.Null(_request.State.Answer);
    }

    [Theory]
    [InlineData(AnswerRecording.MostBytes, true)]
    [InlineData(AnswerRecording.MostBytes + 1, false)]
    public async Task An_answer_that_is_too_large_is_given_and_not_kept(int bytes, bool isKept)
    {
        var answer = await _request.SendAsync(http => http.Response.WriteAsync(new string('x', bytes)));

        Assert.Equal(bytes, KeyedRequest.TextOf(answer).Length);
        Assert.Equal(isKept, _request.State.Answer is not null);
    }

    [Fact]
    public async Task A_client_that_goes_away_finds_its_answer_when_it_comes_back()
    {
        using var gone = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _request.SendAsync(
            async http =>
            {
                await gone.CancelAsync();
                await http.Response.WriteAsync("answer", http.RequestAborted);
            },
            aborted: gone.Token));

        var again = await _request.SendAsync(Answer(500));

        Assert.Equal((200, "answer"), (again.Response.StatusCode, KeyedRequest.TextOf(again)));
    }

    [Fact]
    public async Task An_answer_that_cannot_be_kept_is_given_and_the_key_stays_held()
    {
        _request.StorageIsAway = true;
        var first = await _request.SendAsync(Answer(201));
        var again = await _request.SendAsync(Answer(201));

        Assert.Equal((201, "answer 1"), (first.Response.StatusCode, KeyedRequest.TextOf(first)));
        Assert.Equal(409, again.Response.StatusCode);
        Assert.Single(_commands);
    }

    [Fact]
    public async Task The_handler_reads_the_body_from_its_start()
    {
        var body = new string('b', 200_000);
        var read = "";
        await _request.SendAsync(
            async http =>
            {
                using var reader = new StreamReader(http.Request.Body);
                read = await reader.ReadToEndAsync();
            },
            body: body);

        Assert.Equal(body, read);
    }

    private RequestDelegate Answer(int status) => http =>
    {
        _commands.Add(http.CommandId());
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain";
        http.Response.Headers.Location = "/things/1";
        http.Response.Headers.ETag = "\"tag\"";
        return http.Response.WriteAsync($"answer {_commands.Count}");
    };
}
