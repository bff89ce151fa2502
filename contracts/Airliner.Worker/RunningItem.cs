using Airliner.Tasks.V1;

namespace Airliner.Worker;

/// <summary>A lease that the worker holds: its handler runs, or has ended and the gateway has not said yet that it knows.</summary>
internal sealed class RunningItem(LeaseKey lease) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    public LeaseKey Lease => lease;

    public CancellationToken Cancelled => _cancellation.Token;

    /// <summary>Ends with the handler.</summary>
    public TaskCompletionSource HandlerEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What its end is told by, once it has ended.</summary>
    public WorkerMessage? End { get; set; }

    public void Cancel()
    {
        try
        {
            // What the handler does then is no part of reading the stream.
            _ = _cancellation.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended a moment ago.
        }
    }

    public void Dispose() => _cancellation.Dispose();
}
