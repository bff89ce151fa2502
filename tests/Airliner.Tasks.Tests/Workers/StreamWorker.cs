using Airliner.Tasks.V1;
using Airliner.Testing;
using Grpc.Core;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>A worker by the bare protocol: it says what the test wants, when the test wants.</summary>
internal sealed class StreamWorker : IDisposable
{
    private readonly AsyncDuplexStreamingCall<WorkerMessage, ServerMessage> _call;

    private StreamWorker(AsyncDuplexStreamingCall<WorkerMessage, ServerMessage> call) => _call = call;

    /// <summary>A type that no other test uses.</summary>
    public static string NewType() => $"t_{Guid.NewGuid():n}";

    public static StreamWorker Open(RunningSystem system, string token) =>
        new(new TaskWorker.TaskWorkerClient(system.Tasks.Grpc).Work(
            new Metadata { { "authorization", $"Bearer {token}" } }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(60)));

    /// <summary>Opens a stream and registers.</summary>
    public static async Task<StreamWorker> RegisterAsync(RunningSystem system, string workerId, string type, int capacity = 10, params LeaseKey[] held)
    {
        var worker = Open(system, await system.ServiceTokenAsync());
        await worker.SendAsync(new() { Register = new() { WorkerId = workerId, Types_ = { new WorkerType { Type = type, Capacity = capacity } }, Held = { held } } });
        Assert.True((await worker.ReadAsync()).Registered.HeartbeatSeconds > 0);
        return worker;
    }

    public Task SendAsync(WorkerMessage message) => _call.RequestStream.WriteAsync(message);

    public async Task<ServerMessage> ReadAsync()
    {
        Assert.True(await _call.ResponseStream.MoveNext(TestContext.Current.CancellationToken), "The stream ended.");
        return _call.ResponseStream.Current;
    }

    public async Task<Lease> LeaseAsync() => (await ReadAsync()).Lease ?? throw new InvalidOperationException("No lease came.");

    /// <summary>Reads until the stream ends, and says how.</summary>
    public async Task<Status> EndAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
                continue;
            return Status.DefaultSuccess;
        }
        catch (RpcException error)
        {
            return error.Status;
        }
    }

    /// <summary>Says that nothing more is sent, and reads to the end.</summary>
    public async Task<Status> CompleteAsync()
    {
        await _call.RequestStream.CompleteAsync();
        return await EndAsync();
    }

    public void Dispose() => _call.Dispose();
}
