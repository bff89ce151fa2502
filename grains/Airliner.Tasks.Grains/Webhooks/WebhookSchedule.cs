namespace Airliner.Tasks.Grains.Webhooks;

/// <summary>When a delivery that failed is tried again, and when its endpoint is.</summary>
internal sealed class WebhookSchedule(WebhookOptions options)
{
    private static readonly TimeSpan[] _recommended =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10),
        TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private static readonly TimeSpan _longestHold = TimeSpan.FromMinutes(5);

    private readonly TimeSpan[] _delays = options.RetryDelays is { Length: > 0 } given ? given : _recommended;

    /// <summary>How long to wait after the so-many-th try of a delivery, up to a fifth longer by chance; null where it is given up.</summary>
    /// <param name="chance">0–1.</param>
    public TimeSpan? After(int attempts, double chance) => attempts <= _delays.Length ? _delays[attempts - 1] * (1 + (chance / 5)) : null;

    /// <summary>
    /// How long an endpoint is left alone, with all that is due to it, when so many tries in a row found it failing: one that is away does not keep others waiting.
    /// </summary>
    public TimeSpan HoldAfter(int failures)
    {
        var hold = _delays[0] * Math.Pow(2, Math.Min(failures - 1, 16));
        return hold < _longestHold ? hold : _longestHold;
    }
}
