using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;

namespace Airliner.EndToEnd.Tests.Cluster;

/// <summary>
/// A gRPC client that watches a task by one gateway of several: where its stream ends before the task does, it opens another at the next of them, after the last event that
/// it has seen.
/// </summary>
internal sealed class WatchClient(string token, IEnumerable<int> gateways) : IDisposable
{
    private static readonly TimeSpan _again = TimeSpan.FromMilliseconds(100);

    private readonly GrpcChannel[] _gateways = [.. gateways.Select(port => GrpcChannel.ForAddress($"http://127.0.0.1:{port}"))];
    private readonly ConcurrentQueue<(long Sequence, string Type)> _seen = [];
    private readonly CancellationTokenSource _leave = new();

    /// <summary>What was seen so far, in its order.</summary>
    public IReadOnlyList<(long Sequence, string Type)> Seen => [.. _seen];

    /// <summary>Leaves the gateway that it began at.</summary>
    public Task LeaveAsync() => _leave.CancelAsync();

    /// <summary>Reads until a stream ends as one does whose task has ended.</summary>
    public async Task RunAsync(long taskId, CancellationToken cancellationToken)
    {
        using var first = CancellationTokenSource.CreateLinkedTokenSource(_leave.Token, cancellationToken);
        using var again = new PeriodicTimer(_again);
        for (var streams = 0; !await ReadAsync(taskId, _gateways[streams % _gateways.Length], streams == 0 ? first.Token : cancellationToken); streams++)
            await again.WaitForNextTickAsync(cancellationToken);
    }

    public void Dispose()
    {
        foreach (var gateway in _gateways)
            gateway.Dispose();
        _leave.Dispose();
    }

    /// <returns>False where the stream broke off, or was left.</returns>
    private async Task<bool> ReadAsync(long taskId, GrpcChannel gateway, CancellationToken cancellationToken)
    {
        var after = _seen.LastOrDefault().Sequence;
        using var watch = new Tasks.V1.Tasks.TasksClient(gateway).Watch(
            new() { TaskId = taskId, AfterSequence = after }, new Metadata { { "authorization", $"Bearer {token}" } }, cancellationToken: cancellationToken);
        try
        {
            await foreach (var happened in watch.ResponseStream.ReadAllAsync(cancellationToken))
                _seen.Enqueue((happened.Sequence, happened.EventType));
            return true;
        }
        catch (Exception error) when (error is RpcException { StatusCode: StatusCode.Unavailable or StatusCode.Cancelled } or OperationCanceledException)
        {
            return false;
        }
    }
}
