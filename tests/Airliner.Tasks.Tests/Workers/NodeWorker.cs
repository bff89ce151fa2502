using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>A worker in Node.js, a process of its own that knows <c>task_worker.proto</c> and the npm packages of gRPC.</summary>
internal sealed class NodeWorker : IDisposable
{
    private readonly Process _process;
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly List<string> _log = [];

    private NodeWorker(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                _events.Writer.TryComplete();
            else
                _events.Writer.TryWrite(JsonElement.Parse(line.Data));
        };
        _process.ErrorDataReceived += (_, line) => _log.Add(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static async Task<NodeWorker> StartAsync(RunningSystem system, NodePackages packages, string workerId, string type)
    {
        var start = new ProcessStartInfo("node")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "Workers", "worker.js"), Path.Combine(Repository.Root, "contracts", "protos"), system.Tasks.Grpc.Target,
                await system.ServiceTokenAsync(), workerId, type,
            },
            Environment = { ["NODE_PATH"] = packages.Modules },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var worker = new NodeWorker(Process.Start(start)!);
        await worker.EventAsync("registered");
        return worker;
    }

    /// <summary>Waits for an event of this name; other ones before it are passed over.</summary>
    public async Task<JsonElement> EventAsync(string name)
    {
        try
        {
            while (true)
            {
                var next = await _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
                if (next.GetProperty("event").GetString() == name)
                    return next;
                _log.Add(next.ToString());
            }
        }
        catch (Exception error) when (error is ChannelClosedException or TimeoutException)
        {
            throw new InvalidOperationException($"The worker did not say '{name}' but: {string.Join('\n', _log)}", error);
        }
    }

    public Task SendLateAnswerAsync(long taskId, int attempt) =>
        _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { late = new { taskId, attempt } }));

    /// <summary>SIGKILL: it says nothing any more to anybody.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
