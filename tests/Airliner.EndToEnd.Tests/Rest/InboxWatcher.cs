using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Airliner.EndToEnd.Tests.Rest;

/// <summary>A client that has a user's inbox open.</summary>
internal sealed class InboxWatcher(Task<HttpResponseMessage> opening)
{
    private readonly ConcurrentQueue<string> _entries = [];
    private readonly TaskCompletionSource _opened = new();

    /// <summary>When the inbox has said how many entries are unread: those that come later are seen.</summary>
    public Task Opened => _opened.Task;

    /// <summary>The event ids of the entries that were seen so far, in their order.</summary>
    public IReadOnlyList<string> Entries => [.. _entries];

    /// <summary>Reads until the stream ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var answer = await opening;
        Assert.Equal("text/event-stream", answer.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            if (item.EventType == "notification")
                _entries.Enqueue(JsonElement.Parse(item.Data).GetProperty("eventId").GetString()!);
            _opened.TrySetResult();
        }
    }
}
