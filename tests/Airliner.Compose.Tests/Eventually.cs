namespace Airliner.Compose.Tests;

/// <summary>Waits for what can only be seen from outside by asking again.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    /// <summary>Asks until it is so, and tells how long that took.</summary>
    /// <exception cref="TimeoutException">It was not within three minutes.</exception>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> ask, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var started = TimeProvider.System.GetTimestamp();
        while (!await ask())
        {
            if (TimeProvider.System.GetElapsedTime(started) > _patience)
                throw new TimeoutException($"In {_patience.TotalSeconds:0} s it did not come to this: {what}.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        return TimeProvider.System.GetElapsedTime(started);
    }
}
