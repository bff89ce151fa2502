using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Airliner.Notifications.Tests.Push;

/// <summary>A message as it came to the push service.</summary>
internal sealed record PushRequest(IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>A push service of some browser's maker, on a free port of this machine: takes every message, unless an endpoint is told to answer otherwise.</summary>
internal sealed class PushService : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (int Status, string? RetryAfter, Task Until)> _answers = new();
    private readonly ConcurrentQueue<(string Endpoint, PushRequest Request)> _taken = new();
    private readonly WebApplication _app;

    private PushService()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Host => new Uri(_app.Urls.Single()).Authority;

    public string Origin => $"http://{Host}";

    public static async Task<PushService> StartAsync()
    {
        var service = new PushService();
        await service._app.StartAsync(TestContext.Current.CancellationToken);
        return service;
    }

    /// <summary>An address for one browser.</summary>
    /// <param name="until">What each answer waits for.</param>
    public string NewEndpoint(int answer = StatusCodes.Status201Created, string? retryAfter = null, Task? until = null)
    {
        var path = $"/push/{Guid.NewGuid():n}";
        _answers[path] = (answer, retryAfter, until ?? Task.CompletedTask);
        return Origin + path;
    }

    /// <summary>What came to an address.</summary>
    public IReadOnlyList<PushRequest> Of(string endpoint) => [.. _taken.Where(one => one.Endpoint == endpoint).Select(one => one.Request)];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        _taken.Enqueue((Origin + http.Request.Path, new(headers, body.ToArray())));
        (http.Response.StatusCode, var retryAfter, var until) = _answers[http.Request.Path.Value!];
        await until;
        if (retryAfter is not null)
            http.Response.Headers.RetryAfter = retryAfter;
        await http.Response.WriteAsync("What a push service says.", http.RequestAborted);
    }
}
