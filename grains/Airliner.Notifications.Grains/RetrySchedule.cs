using Microsoft.Extensions.Options;

namespace Airliner.Notifications.Grains;

/// <summary>When a delivery that failed is tried again: exponential backoff with jitter, so that what failed together does not come back together.</summary>
internal sealed class RetrySchedule(IOptions<DeliveryOptions> options)
{
    /// <summary>For so long what is urgent is tried often: one-time codes have expired by then.</summary>
    private static readonly TimeSpan _urgentFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan _longestUrgentDelay = TimeSpan.FromMinutes(1);

    /// <summary>The next attempt, null where the notification is out of time.</summary>
    /// <param name="attempts">How many have failed, at least 1.</param>
    /// <param name="since">Its first attempt since it was made, or last redriven.</param>
    /// <param name="random">0 to 1: where between half the wait and the whole the attempt lies.</param>
    /// <param name="atLeast">How long the providers want to be left alone.</param>
    /// <param name="isUrgent">Whether somebody waits for it: in its first hour it is tried each minute at least.</param>
    public DateTimeOffset? Next(string channel, int attempts, DateTimeOffset since, DateTimeOffset now, double random, TimeSpan atLeast = default, bool isUrgent = false)
    {
        var end = since + options.Value.GiveUpAfterOf(channel);
        if (now >= end)
            return null;

        // Doubling 30 times is beyond any bound, and still a number.
        var longest = isUrgent && now - since < _urgentFor && options.Value.LongestDelay > _longestUrgentDelay ? _longestUrgentDelay : options.Value.LongestDelay;
        var whole = Math.Min(longest.Ticks, options.Value.FirstDelay.Ticks * Math.Pow(2, Math.Min(attempts - 1, 30)));
        var delay = TimeSpan.FromMicroseconds(Math.Round(whole * (0.5 + (random / 2)) / TimeSpan.TicksPerMicrosecond));
        if (delay < atLeast)
            delay = atLeast;
        return delay < end - now ? now + delay : end;
    }
}
