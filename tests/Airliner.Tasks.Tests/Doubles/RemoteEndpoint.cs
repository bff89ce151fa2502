using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Airliner.Tasks.Tests.Doubles;

/// <summary>A request as an endpoint got it.</summary>
/// <param name="Path">Below the endpoint, with its query.</param>
internal sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>What is below one path of a <see cref="RemoteServer"/>.</summary>
internal sealed class RemoteEndpoint(string url)
{
    private readonly Channel<ReceivedRequest> _requests = Channel.CreateUnbounded<ReceivedRequest>();

    public string Url => url;

    /// <summary>How it answers; 200 without a body by default.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    /// <summary>Whether every request that came was taken by <see cref="NextAsync"/>.</summary>
    public bool HasNoMore => !_requests.Reader.TryPeek(out _);

    /// <summary>The next request, in the order of their arrival.</summary>
    public async Task<ReceivedRequest> NextAsync() =>
        await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public async Task AnswerAsync(HttpContext http)
    {
        // What a test sets once it has seen the request is for the next.
        var answer = Answer;
        using var body = new StreamReader(http.Request.Body);
        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var path = http.Request.Path.Value![new Uri(url).AbsolutePath.Length..] + http.Request.QueryString;
        _requests.Writer.TryWrite(new(http.Request.Method, path, headers, await body.ReadToEndAsync()));
        await answer(http);
    }
}
