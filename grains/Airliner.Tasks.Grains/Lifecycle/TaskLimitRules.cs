using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Lifecycle;

/// <summary>What settings of tasks must fulfil, told when a silo starts.</summary>
internal static class TaskLimitRules
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(365);

    /// <summary>A key names its command for a day: a task that goes earlier would be made once more by a repeat.</summary>
    private static readonly TimeSpan _keysAreGone = TimeSpan.FromDays(2);

    /// <exception cref="InvalidOperationException">Something is wrong; the message names each setting and its rule.</exception>
    public static void Check(string section, IEnumerable<(string Setting, string Rule)> wrong)
    {
        var messages = wrong.Select(one => $"{section}:{one.Setting} must be {one.Rule}.").ToList();
        if (messages.Count > 0)
            throw new InvalidOperationException(string.Join(" ", messages));
    }

    public static IEnumerable<(string Setting, string Rule)> Wrong(TaskTypeLimits limits)
    {
        if (limits.MaxAttempts is < 1 or > TaskBounds.MostAttempts)
            yield return (nameof(limits.MaxAttempts), $"from 1 to {TaskBounds.MostAttempts}");
        if (limits.TimeoutSeconds is < 1 or > TaskBounds.LongestTimeoutSeconds)
            yield return (nameof(limits.TimeoutSeconds), $"from 1 to {TaskBounds.LongestTimeoutSeconds}");
        if (limits.MaxInFlight < 1)
            yield return (nameof(limits.MaxInFlight), "1 or more");
        if (limits.MaxInFlightPerUser < 1)
            yield return (nameof(limits.MaxInFlightPerUser), "1 or more");
        if (limits.MaxInFlightAtWorkers < 1)
            yield return (nameof(limits.MaxInFlightAtWorkers), "1 or more");
        // Leases are renewed after a third of this time.
        if (limits.Lease < TimeSpan.FromSeconds(1) || limits.Lease > TimeSpan.FromDays(1))
            yield return (nameof(limits.Lease), "from a second to a day");
        if (limits.StartWithin is { } startWithin && !(startWithin >= TimeSpan.FromSeconds(1) && startWithin <= TimeSpan.FromSeconds(TaskBounds.LongestStartWithinSeconds)))
            yield return (nameof(limits.StartWithin), "from a second to 30 days");
        if (limits.Deadline is { } deadline && !(deadline >= TimeSpan.FromSeconds(1) && deadline <= _longest))
            yield return (nameof(limits.Deadline), "from a second to 365 days");
        foreach (var (setting, rule) in Wrong(limits.Retry))
            yield return ($"{nameof(limits.Retry)}:{setting}", rule);
    }

    public static IEnumerable<(string Setting, string Rule)> Wrong(TaskLimits limits)
    {
        if (limits.HandlerLetsGoWithin < TimeSpan.Zero || limits.HandlerLetsGoWithin > TimeSpan.FromDays(1))
            yield return (nameof(limits.HandlerLetsGoWithin), "from 0 to a day");
        if (limits.StopsWithin < TimeSpan.Zero || limits.StopsWithin > TimeSpan.FromDays(1))
            yield return (nameof(limits.StopsWithin), "from 0 to a day");
        if (limits.TypesPerClient < 0)
            yield return (nameof(limits.TypesPerClient), "0 or more");
    }

    public static IEnumerable<(string Setting, string Rule)> Wrong(TaskRetention retention)
    {
        if (retention.Results < TimeSpan.FromHours(1) || retention.Results > retention.Tasks)
            yield return (nameof(retention.Results), "from an hour to what Tasks is");
        if (retention.Tasks < _keysAreGone || retention.Tasks > 100 * _longest)
            yield return (nameof(retention.Tasks), "from 2 days, in which idempotency keys expire, to 36500");
        if (retention.SweepInterval < TimeSpan.FromSeconds(1) || retention.SweepInterval > TimeSpan.FromDays(1))
            yield return (nameof(retention.SweepInterval), "from a second to a day");
    }

    private static IEnumerable<(string Setting, string Rule)> Wrong(RetryPolicy retry)
    {
        if (retry.FirstWait < TimeSpan.Zero || retry.FirstWait > retry.LongestWait)
            yield return (nameof(retry.FirstWait), "from 0 to what LongestWait is");
        if (retry.LongestWait < TimeSpan.Zero || retry.LongestWait > TimeSpan.FromDays(30))
            yield return (nameof(retry.LongestWait), "from 0 to 30 days");
        if (!(retry.Factor is >= 1 and <= 100))
            yield return (nameof(retry.Factor), "from 1 to 100");
        if (!(retry.Jitter is >= 0 and <= 1))
            yield return (nameof(retry.Jitter), "from 0 to 1");
    }
}
