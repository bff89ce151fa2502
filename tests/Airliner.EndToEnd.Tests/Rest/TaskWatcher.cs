using System.Collections.Concurrent;
using System.Globalization;
using System.Net.ServerSentEvents;

namespace Airliner.EndToEnd.Tests.Rest;

/// <summary>A client that has a task's stream of events open.</summary>
internal sealed class TaskWatcher(Task<HttpResponseMessage> opening)
{
    private readonly ConcurrentQueue<(long Sequence, string Type)> _seen = [];

    /// <summary>What was seen so far, in its order.</summary>
    public IReadOnlyList<(long Sequence, string Type)> Seen => [.. _seen];

    /// <summary>Reads until the stream ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var answer = await opening;
        Assert.Equal("text/event-stream", answer.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
            _seen.Enqueue((long.Parse(item.EventId!, CultureInfo.InvariantCulture), item.EventType));
    }
}
