namespace Airliner.Notifications.Silo.Delivery;

/// <summary>Tells this silo's sweeps that there is something due, so that a mail does not wait for the next look at the table.</summary>
internal sealed class DeliverySignal : IDisposable
{
    private readonly Dictionary<DeliveryLane, SemaphoreSlim> _due = DeliveryLane.All.ToDictionary(lane => lane, _ => new SemaphoreSlim(0));

    /// <summary>Something became due of this lane.</summary>
    public void Notify(DeliveryLane lane)
    {
        // Two at once leave two: one look at the table too many.
        if (_due[lane].CurrentCount == 0)
            _due[lane].Release();
    }

    /// <summary>Ends when something became due since the last wait of this lane's sweep, or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(DeliveryLane lane, TimeSpan atMost, CancellationToken cancellationToken) => _due[lane].WaitAsync(atMost, cancellationToken);

    public void Dispose()
    {
        foreach (var due in _due.Values)
            due.Dispose();
    }
}
