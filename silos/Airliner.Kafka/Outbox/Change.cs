namespace Airliner.Kafka.Outbox;

/// <summary>Wakes the one who waits. A change that comes while nobody waits ends the next wait.</summary>
internal sealed class Change
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set() => Volatile.Read(ref _next).TrySetResult();

    /// <summary>Ends at the next change, or after <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var next = _next;
        await next.Task.WaitAsync(atMost, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (next.Task.IsCompleted)
            Volatile.Write(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
