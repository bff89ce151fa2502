namespace Airliner.Tasks.Grains.Schedules;

/// <summary>Bounds of schedules: the section <c>Tasks:Schedules</c>.</summary>
internal sealed class ScheduleOptions
{
    /// <summary>Schedules of one user, at most.</summary>
    public int MostPerUser { get; set; } = 100;

    /// <summary>Missed runs that one schedule makes up for, at most.</summary>
    public int MostMissedRuns { get; set; } = 100;

    /// <summary>All that are on time are made at once: of one each minute some hundreds.</summary>
    internal static readonly TimeSpan LongestMissedAfter = TimeSpan.FromHours(12);

    /// <summary>How late a run may be that does not count as missed; twelve hours at most.</summary>
    public TimeSpan MissedAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often due schedules are looked for.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);
}
