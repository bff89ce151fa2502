namespace Airliner.Notifications.Tests.Doubles;

/// <summary>The system's clock, and as much later as the test says. Timers run as they do.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long _aheadTicks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _aheadTicks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);
}
