using System.Collections.Concurrent;
using Airliner.Artifacts.S3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Airliner.Tasks.Tests.Artifacts;

/// <summary>An S3 service that answers as the test says, for what a real one does only when something is wrong with it.</summary>
internal sealed class StubS3 : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StubS3(WebApplication app) => _app = app;

    /// <summary>What was asked for: method, path and query, and the range.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<StubS3> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var stub = new StubS3(app);
        app.Run(async http =>
        {
            var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            body.Position = 0;
            http.Request.Body = body;
            stub.Requests.Enqueue($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString} {http.Request.Headers.Range}".TrimEnd());
            await answer(http);
        });
        await app.StartAsync();
        return stub;
    }

    public S3ArtifactStore Store(TimeProvider? time = null)
    {
        var key = Path.GetTempFileName();
        File.WriteAllText(key, "key");
        try
        {
            return new(
                Options.Create(new S3ArtifactStoreOptions { Bucket = "files", Endpoint = _app.Urls.Single(), PathStyle = true, AccessKeyFile = key, SecretKeyFile = key }),
                time ?? TimeProvider.System,
                NullLogger<S3ArtifactStore>.Instance);
        }
        finally
        {
            File.Delete(key);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
