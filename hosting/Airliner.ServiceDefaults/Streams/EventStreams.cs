using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using Airliner.Contracts.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults.Streams;

/// <summary>
/// Answers with server-sent events (HTML Living Standard §9.2) for as long as the access token is good. While nothing happens a comment goes out every
/// <c>Streams:Heartbeat</c> (15 s), so that neither side, nor a proxy between them, takes the other for gone.
/// </summary>
/// <remarks>The framework's own result for such answers has no comments (dotnet/aspnetcore discussion 67133).</remarks>
public sealed class EventStreams(LiveStreams streams, TimeProvider time, IConfiguration configuration)
{
    public const string ContentType = "text/event-stream";

    /// <summary>The header by which a client that comes back names the last event that it had.</summary>
    public const string LastEventId = "Last-Event-ID";

    private static readonly TimeSpan _defaultHeartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Sends the items until they end, the client is gone, or its token is; the last is told by a comment.</summary>
    public async Task RunAsync(HttpContext http, Func<CancellationToken, IAsyncEnumerable<SseItem<string>>> items)
    {
        ArgumentNullException.ThrowIfNull(http);
        var response = http.Response;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-cache, no-store";
        // nginx gathers an answer before it passes it on, unless it is told otherwise.
        response.Headers["X-Accel-Buffering"] = "no";
        http.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        try
        {
            await streams.RunAsync(http, ended => SendAsync(response.Body, items(ended), ended), http.RequestAborted);
        }
        catch (Exception end) when (end is TokenEndedException or StorageUnavailableException)
        {
            await CommentAsync(response.Body, end.Message, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has what it wanted.
        }
    }

    private async Task SendAsync(Stream body, IAsyncEnumerable<SseItem<string>> items, CancellationToken ended)
    {
        // What the client waits for first is to know that the stream is open.
        await body.FlushAsync(ended);
        await SseFormatter.WriteAsync(WithHeartbeatsAsync(body, items, ended), body, ended);
    }

    /// <summary>The items. While the formatter waits for the next one nobody else writes, so that the comments can go straight to the client.</summary>
    private async IAsyncEnumerable<SseItem<string>> WithHeartbeatsAsync(
        Stream body, IAsyncEnumerable<SseItem<string>> items, [EnumeratorCancellation] CancellationToken ended)
    {
        var interval = configuration.GetValue("Streams:Heartbeat", _defaultHeartbeat);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ended);
        await using var source = items.GetAsyncEnumerator(stop.Token);
        var heartbeat = Task.Delay(interval, time, stop.Token);
        var next = source.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                while (await Task.WhenAny(next, heartbeat) != next)
                {
                    await CommentAsync(body, "", ended);
                    heartbeat = Task.Delay(interval, time, stop.Token);
                }

                if (!await next)
                    yield break;
                yield return source.Current;
                next = source.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // A source that is asked for its next item cannot be disposed of.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task CommentAsync(Stream body, string text, CancellationToken cancellationToken) =>
        await body.WriteAsync(Encoding.UTF8.GetBytes($": {text}\n\n"), cancellationToken);
}
