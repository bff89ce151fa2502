namespace Airliner.Contracts;

/// <summary>The time as records keep it.</summary>
public static class Clock
{
    /// <summary>Now, in UTC and cut to microseconds: a time that is answered equals the one read back from Postgres.</summary>
    public static DateTimeOffset Now(this TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
