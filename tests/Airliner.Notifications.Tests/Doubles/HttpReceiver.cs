using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Airliner.Notifications.Tests.Doubles;

/// <summary>What the receiver was sent.</summary>
internal sealed record ReceivedRequest(string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>What the receiver answers.</summary>
/// <param name="Until">What the answer waits for.</param>
internal sealed record PlannedAnswer(int Status, string Body = "", string? RetryAfter = null, string? Location = null, Task? Until = null);

/// <summary>An HTTP server on a loopback port that does with each request what the test says, and by default takes it with 201.</summary>
internal sealed class HttpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<PlannedAnswer> _plan = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HttpReceiver(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public ConcurrentQueue<ReceivedRequest> Received { get; } = new();

    /// <summary>Ends with the first request.</summary>
    public Task Asked => _asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public static async Task<HttpReceiver> StartAsync(params PlannedAnswer[] plan)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new HttpReceiver(app);
        receiver.Plan(plan);
        app.Run(receiver.AnswerAsync);
        await app.StartAsync();
        return receiver;
    }

    public void Plan(params PlannedAnswer[] plan)
    {
        foreach (var answer in plan)
            _plan.Enqueue(answer);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        Received.Enqueue(new(http.Request.Path, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body));
        _asked.TrySetResult();
        var answer = _plan.TryDequeue(out var planned) ? planned : new PlannedAnswer(201, """{"sid":"SM1"}""");
        if (answer.Until is { } until)
            await until;
        http.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is not null)
            http.Response.Headers.RetryAfter = answer.RetryAfter;
        if (answer.Location is not null)
            http.Response.Headers.Location = answer.Location;
        await http.Response.WriteAsync(answer.Body);
    }
}
