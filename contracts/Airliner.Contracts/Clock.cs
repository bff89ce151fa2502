namespace Airliner.Contracts;

/// <summary>The time as records keep it.</summary>
public static class Clock
{
    /// <summary>Now, in UTC and cut to microseconds: a time that is answered equals the one read back from Postgres.</summary>
    public static DateTimeOffset Now(this TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return time.GetUtcNow().ToMicroseconds();
    }

    /// <summary>The time cut to microseconds.</summary>
    public static DateTimeOffset ToMicroseconds(this DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
}
