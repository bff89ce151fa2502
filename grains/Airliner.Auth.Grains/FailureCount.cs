using Airliner.Contracts.Auth;

namespace Airliner.Auth.Grains;

/// <summary>Failures since the last success, and until when they hold back what they are of. Pure.</summary>
internal sealed record FailureCount(int Failures, DateTimeOffset FailedAt, DateTimeOffset HeldUntil)
{
    public static FailureCount None { get; } = new(0, DateTimeOffset.MinValue, DateTimeOffset.MinValue);

    /// <summary>Attempts that may be under way at once: so many that, should all of them fail, none was one too many.</summary>
    public int Allowance(int limit, DateTimeOffset now) => Failures < limit ? limit - Failures : IsHeld(now) ? 0 : 1;

    public FailureCount Failed(int limit, DateTimeOffset now)
    {
        var failures = Failures + 1;
        return new(failures, now, failures < limit ? DateTimeOffset.MinValue : now + Hold(failures - limit));
    }

    /// <summary>The count at a later time, when it may be forgotten.</summary>
    public FailureCount At(DateTimeOffset now, TimeSpan forgottenAfter) => Failures > 0 && now - FailedAt < forgottenAfter ? this : None;

    /// <remarks>A hold that is longer than any was set by a clock that was ahead.</remarks>
    private bool IsHeld(DateTimeOffset now) => now < HeldUntil && HeldUntil - now <= LoginGuardLimits.LongestHold;

    private static TimeSpan Hold(int further)
    {
        // Bounded before it is doubled: thousands of failures would be more than a number holds.
        var doubled = LoginGuardLimits.FirstHold * Math.Pow(2, Math.Min(further, 10));
        return doubled < LoginGuardLimits.LongestHold ? doubled : LoginGuardLimits.LongestHold;
    }
}
