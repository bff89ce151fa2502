namespace Airliner.Notifications.Silo.Delivery;

/// <summary>Tells this silo's sweeps that there is something due, so that a mail does not wait for the next look at the table.</summary>
internal sealed class DeliverySignal : IDisposable
{
    private readonly SemaphoreSlim _security = new(0);
    private readonly SemaphoreSlim _other = new(0);

    /// <summary>Something became due.</summary>
    public void Notify()
    {
        foreach (var due in new[] { _security, _other })
        {
            // Two at once leave two: one look at the table too many.
            if (due.CurrentCount == 0)
                due.Release();
        }
    }

    /// <summary>Ends when something became due since the last wait of this sweep, or after <paramref name="atMost"/>.</summary>
    /// <param name="security">Whether it is the sweep of security's notifications that waits.</param>
    public Task WaitAsync(bool security, TimeSpan atMost, CancellationToken cancellationToken) => (security ? _security : _other).WaitAsync(atMost, cancellationToken);

    public void Dispose()
    {
        _security.Dispose();
        _other.Dispose();
    }
}
