namespace Airliner.Notifications.Silo.Delivery;

/// <summary>Tells this silo's sweep that there is something due, so that a mail does not wait for the next look at the table.</summary>
internal sealed class DeliverySignal : IDisposable
{
    private readonly SemaphoreSlim _due = new(0);

    /// <summary>Something became due.</summary>
    public void Notify()
    {
        // Two at once leave two: one look at the table too many.
        if (_due.CurrentCount == 0)
            _due.Release();
    }

    /// <summary>Ends when something became due since the last wait, or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _due.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _due.Dispose();
}
