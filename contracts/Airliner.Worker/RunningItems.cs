using System.Collections.Concurrent;
using System.Text.Json;
using Airliner.Tasks.V1;
using Microsoft.Extensions.Logging;

namespace Airliner.Worker;

/// <summary>The leases that the worker holds, whatever becomes of its streams.</summary>
/// <param name="send">Sends a message where a stream is open. What is lost with a stream is sent again on the next.</param>
internal sealed partial class RunningItems(Action<WorkerMessage> send, TimeProvider time, ILogger log)
{
    /// <summary>The gateway takes messages of 256 KiB, and ends the stream at one that is longer: sent again on the next it would end that, too.</summary>
    private const int MostBytes = 250 * 1024;

    /// <summary>What the gateway keeps of why an attempt failed, in characters.</summary>
    private const int LongestReason = 4000;

    private readonly ConcurrentDictionary<LeaseKey, RunningItem> _items = new();

    /// <summary>Those whose handlers run, also where their leases are lost.</summary>
    private readonly ConcurrentDictionary<RunningItem, byte> _running = new();
    private volatile TaskCompletionSource? _emptied;

    public IEnumerable<LeaseKey> Leases => _items.Keys;

    /// <summary>The ends that were told, or could not be, and are not accepted yet.</summary>
    public IEnumerable<WorkerMessage> Ends => _items.Values.Select(item => item.End).OfType<WorkerMessage>();

    public bool Has(LeaseKey lease) => _items.ContainsKey(lease);

    /// <summary>Runs the handler in the background, and tells how it ended.</summary>
    public void Start(Lease lease, TaskHandler handler)
    {
        var item = new RunningItem(lease.Lease_);
        if (!_items.TryAdd(item.Lease, item))
        {
            item.Dispose();
            return;
        }

        _running.TryAdd(item, 0);
        _ = Task.Run(() => RunAsync(item, lease, handler));
    }

    /// <summary>Gives back a lease without having begun. It is held until the gateway knows.</summary>
    public void HandBack(LeaseKey lease)
    {
        var item = new RunningItem(lease);
        if (_items.TryAdd(lease, item))
            End(item, new() { HandBack = new() { Lease = lease } });
        item.Dispose();
    }

    public void Cancel(LeaseKey lease)
    {
        if (_items.TryGetValue(lease, out var item))
            item.Cancel();
    }

    public void CancelAll()
    {
        foreach (var item in _items.Values)
            item.Cancel();
    }

    /// <summary>The gateway knows how it ended, or the lease is lost.</summary>
    public void Forget(LeaseKey lease)
    {
        if (_items.TryRemove(lease, out var item))
            item.Cancel();
        if (_items.IsEmpty)
            _emptied?.TrySetResult();
    }

    /// <summary>The gateway cannot take what its end was told by.</summary>
    public void Refuse(LeaseKey lease, string why)
    {
        if (_items.TryGetValue(lease, out var item) && item.End is not null)
            End(item, Failed(lease, why, retry: false));
    }

    /// <summary>Ends when nothing is held.</summary>
    public Task EmptyAsync()
    {
        var emptied = _emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_items.IsEmpty)
            emptied.TrySetResult();
        return emptied.Task;
    }

    /// <summary>Ends when no handler runs of those that run now.</summary>
    public Task HandlersEndAsync() => Task.WhenAll(_running.Keys.Select(item => item.HandlerEnded.Task));

    private async Task RunAsync(RunningItem item, Lease lease, TaskHandler handler)
    {
        // The deadline is by the silos' clock, which this process's need not agree with: it counts only for a gateway that does not say what is left.
        var left = lease.TimeLeft?.ToTimeSpan() ?? lease.Deadline.ToDateTimeOffset() - time.GetUtcNow();
        using var timeout = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(item.Cancelled, timeout.Token);
        try
        {
            var work = new WorkItem(lease, percent => send(new() { Progress = new() { Lease = item.Lease, Percent = percent } }));
            var result = await handler(work, either.Token);
            End(item, new() { Complete = new() { Lease = item.Lease, Result = result.ValueKind == JsonValueKind.Undefined ? "" : result.GetRawText() } });
        }
        catch (TaskFailedException error) when (!either.IsCancellationRequested)
        {
            End(item, Failed(item.Lease, error.Message, error.Retry));
        }
        catch (TaskNoRoomException error)
        {
            End(item, new() { HandBack = new() { Lease = item.Lease, Lack = Cut(error.Message, "The worker has no room for it.") } });
        }
        catch (Exception error) when (either.IsCancellationRequested)
        {
            // Whatever it threw: what it calls has its own ways to say that it was cancelled.
            if (error is not OperationCanceledException)
                LogStopped(log, error, item.Lease.TaskId, lease.Type, item.Lease.Attempt);
            End(item, item.Cancelled.IsCancellationRequested
                ? new() { HandBack = new() { Lease = item.Lease } }
                : Failed(item.Lease, "The attempt took too long.", retry: true));
        }
        catch (Exception error)
        {
            // A handler may fail in any way; the task's owner is told that it did, the log has what happened.
            LogHandlerFailed(log, error, item.Lease.TaskId, lease.Type, item.Lease.Attempt);
            End(item, Failed(item.Lease, $"The handler failed unexpectedly ({error.GetType().Name}).", retry: true));
        }
        finally
        {
            _running.TryRemove(item, out _);
            item.HandlerEnded.SetResult();
            item.Dispose();
        }
    }

    private void End(RunningItem item, WorkerMessage end)
    {
        var size = end.CalculateSize();
        item.End = size <= MostBytes ? end : Failed(item.Lease, $"result: has {size:D} bytes, and a worker's may have {MostBytes:D}.", retry: false);
        if (_items.ContainsKey(item.Lease))
            send(item.End);
    }

    private static WorkerMessage Failed(LeaseKey lease, string message, bool retry) =>
        new() { Fail = new() { Lease = lease, Message = Cut(message, "The attempt failed."), Retry = retry } };

    private static string Cut(string message, string otherwise) => message.Length > 0 ? message[..Math.Min(message.Length, LongestReason)] : otherwise;

    [LoggerMessage(LogLevel.Information, "Task {TaskId} ({TaskType}), attempt {Attempt}: the handler was stopped")]
    private static partial void LogStopped(ILogger log, Exception error, long taskId, string taskType, int attempt);

    [LoggerMessage(LogLevel.Error, "Task {TaskId} ({TaskType}), attempt {Attempt}: the handler failed")]
    private static partial void LogHandlerFailed(ILogger log, Exception error, long taskId, string taskType, int attempt);
}
