using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests.Notifications;

/// <summary>An inbox's stream as a client of server-sent events reads it.</summary>
internal sealed class InboxStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly IAsyncEnumerator<SseItem<JsonElement>> _events;

    private InboxStream(HttpResponseMessage answer, Stream body)
    {
        _answer = answer;
        _events = SseParser.Create(body, (_, data) => JsonElement.Parse(Encoding.UTF8.GetString(data))).EnumerateAsync(Token).GetAsyncEnumerator(Token);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<HttpResponseMessage> AskAsync(RunningSystem system, string token, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/airliner/notifications/stream") { Headers = { Authorization = new("Bearer", token) } };
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return await system.Notifications.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    public static async Task<InboxStream> OpenAsync(RunningSystem system, string token, string? lastEventId = null)
    {
        var answer = await AskAsync(system, token, lastEventId);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return new(answer, await answer.Content.ReadAsStreamAsync(Token));
    }

    /// <summary>The next event; null once the stream has ended.</summary>
    public async Task<SseItem<JsonElement>?> NextAsync() =>
        await _events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token) ? _events.Current : null;

    /// <summary>The next event of a type.</summary>
    public async Task<SseItem<JsonElement>> NextAsync(string type)
    {
        while (await NextAsync() is { } next)
        {
            if (next.EventType == type)
                return next;
        }

        throw new InvalidOperationException($"The stream ended without '{type}'.");
    }

    public async ValueTask DisposeAsync()
    {
        // Before the enumerator, which would wait for the next event otherwise.
        _answer.Dispose();
        await _events.DisposeAsync();
    }
}
