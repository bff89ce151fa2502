using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

/// <summary>A task's events as a client of server-sent events reads them.</summary>
internal sealed class TaskStream(HttpResponseMessage answer, Stream body) : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public HttpResponseMessage Answer => answer;

    public static async Task<HttpResponseMessage> AskAsync(RunningSystem system, long taskId, string token, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/eventstreammonitor/tasks/{taskId}/events") { Headers = { Authorization = new("Bearer", token) } };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return await system.Tasks.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    public static async Task<TaskStream> OpenAsync(RunningSystem system, long taskId, string token, string? lastEventId = null)
    {
        var answer = await AskAsync(system, taskId, token, lastEventId);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return new(answer, await answer.Content.ReadAsStreamAsync(Token));
    }

    public IAsyncEnumerable<SseItem<JsonElement>> EventsAsync() =>
        SseParser.Create(body, (_, data) => JsonElement.Parse(Encoding.UTF8.GetString(data))).EnumerateAsync(Token);

    /// <summary>What is left, to the letter, once the stream ends.</summary>
    public async Task<string> RestAsync()
    {
        using var reader = new StreamReader(body);
        return await reader.ReadToEndAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    public async Task<string> LineAsync(Func<string, bool> isWanted)
    {
        var reader = new StreamReader(body, bufferSize: 1);
        while (await reader.ReadLineAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token) is { } line)
        {
            if (isWanted(line))
                return line;
        }

        throw new InvalidOperationException("The stream ended without the line.");
    }

    public void Dispose() => answer.Dispose();
}
