namespace Airliner.Contracts.Limits;

/// <summary>Permits that are refilled evenly: as many as the settings say may go at once, and one more each time a share of the window has passed.</summary>
/// <remarks>It keeps one number: when it will be full again, which each permit that is taken puts off by a share.</remarks>
public sealed class TokenBucket(LimitSettings settings, TimeProvider time)
{
    private readonly TimeSpan _share = settings.Window / settings.Permits;
    private readonly long _started = time.GetTimestamp();
    private TimeSpan _fullAt;

    /// <summary>How long until it is as if nobody had taken any.</summary>
    public TimeSpan UntilFull => TimeSpan.FromTicks(Math.Max(0, (_fullAt - Now).Ticks));

    private TimeSpan Now => time.GetElapsedTime(_started);

    /// <summary>Takes a permit, where there is one.</summary>
    public LimitDecision Take()
    {
        var now = Now;
        var fullAt = (_fullAt > now ? _fullAt : now) + _share;
        var wait = fullAt - now - (_share * settings.Permits);
        if (wait > TimeSpan.Zero)
            return new(false, settings.Permits, settings.Window, wait);
        _fullAt = fullAt;
        return new(true, settings.Permits, settings.Window, TimeSpan.Zero);
    }
}
