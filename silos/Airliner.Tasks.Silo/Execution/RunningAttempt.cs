using Airliner.Tasks.Grains;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>An attempt that runs in this silo, and how to stop it.</summary>
internal sealed class RunningAttempt(TaskAttempt attempt, CancellationToken siloStops) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(siloStops);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Which attempt at its task.</summary>
    public int Number => attempt.Number;

    public string TaskType => attempt.TaskType;

    public CancellationToken Token => _cancellation.Token;

    /// <summary>Ends with the attempt; never fails.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Runs the attempt, outside the turn and the call that began it: what its calls carry along is its own.</summary>
    public void Start(Func<Task> attempt)
    {
        using (ExecutionContext.SuppressFlow())
            Task.Run(attempt).ContinueWith(_ => _ended.TrySetResult(), TaskScheduler.Default);
    }

    /// <summary>Tells the handler to stop. What it does then runs elsewhere, never inside the caller's turn.</summary>
    public void Cancel()
    {
        try
        {
            _ = _cancellation.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended a moment ago.
        }
    }

    public void Dispose() => _cancellation.Dispose();
}
