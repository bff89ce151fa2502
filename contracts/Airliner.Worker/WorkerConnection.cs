using System.Threading.Channels;
using Airliner.Tasks.V1;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Airliner.Worker;

/// <summary>One stream to a gateway.</summary>
internal sealed partial class WorkerConnection(
    AsyncDuplexStreamingCall<WorkerMessage, ServerMessage> call, RunningItems items, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>Leases that one message may name.</summary>
    public const int MostLeases = 10_000;

    private static readonly WriteOptions _moreFollow = new(WriteFlags.BufferHint);

    /// <summary>Bounded by the leases that there can be, each of which sends little.</summary>
    private readonly Channel<WorkerMessage> _messages = Channel.CreateUnbounded<WorkerMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _ended = new();
    private bool _isRegistered;

    /// <summary>Sends a message after the registration; nothing happens where the stream has ended.</summary>
    public void Send(WorkerMessage message)
    {
        if (Volatile.Read(ref _isRegistered))
            _messages.Writer.TryWrite(message);
    }

    /// <summary>Closes this side after what was sent before; the gateway then answers what it has not yet, and ends the stream.</summary>
    public void Finish() => _messages.Writer.TryComplete();

    /// <summary>Runs until the gateway ends the stream, or it breaks.</summary>
    /// <param name="take">Gets each lease.</param>
    /// <param name="onRegistered">Told once, before the first lease.</param>
    /// <exception cref="RpcException">Why it broke.</exception>
    public async Task RunAsync(Register register, Action<Lease> take, Action onRegistered)
    {
        await call.RequestStream.WriteAsync(new() { Register = register });
        var reading = ReadAsync(take, onRegistered);
        var writing = WriteAsync();
        // Why a stream ended stands with what is read.
        await Task.WhenAny(reading, writing);
        if (!reading.IsCompleted)
            await reading.WaitAsync(TimeSpan.FromSeconds(5), time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _ended.CancelAsync();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!reading.IsCompleted)
            throw new RpcException(new Status(StatusCode.Unavailable, "The stream takes no more messages."));
        await reading;
    }

    public void Dispose() => _ended.Dispose();

    private async Task ReadAsync(Action<Lease> take, Action onRegistered)
    {
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var message = call.ResponseStream.Current;
            switch (message.MessageCase)
            {
                case ServerMessage.MessageOneofCase.Registered:
                    Volatile.Write(ref _isRegistered, true);
                    // What ended meanwhile, and what may have been lost on its way.
                    foreach (var end in items.Ends)
                        Send(end);
                    onRegistered();
                    _ = HeartbeatAsync(TimeSpan.FromSeconds(message.Registered.HeartbeatSeconds));
                    break;
                case ServerMessage.MessageOneofCase.Lease:
                    take(message.Lease);
                    break;
                case ServerMessage.MessageOneofCase.Accepted:
                    items.Forget(message.Accepted.Lease);
                    break;
                case ServerMessage.MessageOneofCase.Cancel:
                    items.Cancel(message.Cancel.Lease);
                    break;
                case ServerMessage.MessageOneofCase.Refused when message.Refused.Lease is not { TaskId: > 0 }:
                    // Of a heartbeat, for example: no handler learns of it, and nothing is prolonged.
                    LogRefused(log, message.Refused.Detail);
                    break;
                case ServerMessage.MessageOneofCase.Refused when message.Refused.Reason == Refused.Types.Reason.LeaseLost:
                    items.Forget(message.Refused.Lease);
                    break;
                case ServerMessage.MessageOneofCase.Refused:
                    items.Refuse(message.Refused.Lease, message.Refused.Detail);
                    break;
            }
        }
    }

    /// <summary>Sends what there is, and flushes when there is no more.</summary>
    private async Task WriteAsync()
    {
        var messages = _messages.Reader;
        while (await messages.WaitToReadAsync(_ended.Token))
        {
            while (messages.TryRead(out var message))
            {
                call.RequestStream.WriteOptions = messages.TryPeek(out _) ? _moreFollow : null;
                await call.RequestStream.WriteAsync(message);
            }
        }

        await call.RequestStream.CompleteAsync();
    }

    private async Task HeartbeatAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                // One without any says that the worker lives.
                foreach (var leases in items.Leases.Chunk(MostLeases).DefaultIfEmpty([]))
                    Send(new() { Heartbeat = new() { Leases = { leases } } });
            }
        }
        catch (OperationCanceledException)
        {
            // The stream has ended.
        }
    }

    [LoggerMessage(LogLevel.Error, "The gateway refused a message that is about no single lease: {Detail}")]
    private static partial void LogRefused(ILogger log, string detail);
}
