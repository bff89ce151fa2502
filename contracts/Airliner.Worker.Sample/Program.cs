using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Airliner.Worker;

// Runs tasks of the type `text_digest` until Ctrl+C: {"text": "…"} becomes {"characters": n, "sha256": "…"}.
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    using var worker = new TaskWorker(new TaskWorkerOptions
    {
        Gateway = new Uri(Setting("AIRLINER_TASKS_GRPC", "http://127.0.0.1:9092")),
        TokenEndpoint = new Uri(Setting("AIRLINER_TOKEN_ENDPOINT", "http://127.0.0.1:5004/oauth2/token")),
        ClientId = Setting("AIRLINER_SERVICE_CLIENT_ID"),
        ClientSecret = Setting("AIRLINER_SERVICE_CLIENT_SECRET"),
    });
    await worker.Handle("text_digest", capacity: 8, Digest).RunAsync(stop.Token);
    return 0;
}
catch (TaskWorkerException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

static Task<JsonElement> Digest(WorkItem item, CancellationToken cancellation)
{
    if (!item.Parameters.TryGetProperty("text", out var member) || member.ValueKind != JsonValueKind.String)
        throw new TaskFailedException("text: must be a text.");
    var text = member.GetString()!;
    item.ReportProgress(50);
    return Task.FromResult(JsonSerializer.SerializeToElement(new
    {
        characters = text.EnumerateRunes().Count(),
        sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
    }));
}

void Stop(PosixSignalContext signal)
{
    // The process ends when the worker has handed back what it has.
    signal.Cancel = true;
    stop.Cancel();
}

static string Setting(string name, string? otherwise = null) =>
    Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : otherwise ?? throw new TaskWorkerException($"{name} must be set.");
