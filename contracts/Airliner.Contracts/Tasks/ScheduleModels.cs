using System.Text.Json.Serialization;

namespace Airliner.Contracts.Tasks;

/// <summary>What becomes of runs that were missed because no silo was there.</summary>
public static class MissedRuns
{
    /// <summary>They are left out.</summary>
    public const string Skip = "skip";

    /// <summary>One run stands for all of them.</summary>
    public const string Once = "once";

    /// <summary>Each is made up for, up to a bound: then the newest ones.</summary>
    public const string All = "all";

    public static IReadOnlyList<string> Rules { get; } = [Skip, Once, All];
}

/// <summary>A schedule to make, validated by the gateway.</summary>
/// <param name="CommandId">Names the command: a repeat with the same id is the same schedule.</param>
/// <param name="Name">0–100 characters.</param>
/// <param name="Cron">As <see cref="Recurrence"/> has it.</param>
/// <param name="TimeZone">An IANA name.</param>
/// <param name="MissedRuns">One of <see cref="Tasks.MissedRuns"/>.</param>
/// <param name="Parameters">A JSON object, for the handler of the tasks' type.</param>
/// <param name="MaxAttempts">Of each task; null the type's own number.</param>
/// <param name="TimeoutSeconds">Of each attempt, in seconds; null the type's own limit.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CreateSchedule")]
public sealed record CreateSchedule(
    [property: Id(0)] string CommandId,
    [property: Id(1)] long UserId,
    [property: Id(2)] string Name,
    [property: Id(3)] string Cron,
    [property: Id(4)] string TimeZone,
    [property: Id(5)] string MissedRuns,
    [property: Id(6)] string TaskType,
    [property: Id(7)] string Priority,
    [property: Id(8)] string Parameters,
    [property: Id(9)] int? MaxAttempts = null,
    [property: Id(10)] int? TimeoutSeconds = null);

/// <summary>The schedule that was made; or, without one, the limit that its user has reached.</summary>
/// <param name="MostPerUser">Schedules of one user, at most.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CreateScheduleResult")]
public sealed record CreateScheduleResult([property: Id(0)] ScheduleView? Schedule, [property: Id(1)] int MostPerUser = 0);

/// <summary>A schedule as REST shows one.</summary>
/// <param name="Parameters">JSON.</param>
/// <param name="NextRunAt">Null where it never comes again.</param>
/// <param name="LastRunAt">The time of the cron expression that was run last, which is the <c>runAt</c> of its task.</param>
/// <param name="LastTaskId">The task that was made last.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ScheduleView")]
public sealed record ScheduleView(
    [property: Id(0)] long ScheduleId,
    [property: Id(1)] string Name,
    [property: Id(2)] long UserId,
    [property: Id(3)] string Cron,
    [property: Id(4)] string TimeZone,
    [property: Id(5)] string MissedRuns,
    [property: Id(6)] string TaskType,
    [property: Id(7)] string Priority,
    [property: Id(8), JsonConverter(typeof(RawJson))] string Parameters,
    [property: Id(9)] int? MaxAttempts,
    [property: Id(10)] int? TimeoutSeconds,
    [property: Id(11)] DateTimeOffset CreatedAt,
    [property: Id(12)] DateTimeOffset? NextRunAt,
    [property: Id(13)] DateTimeOffset? LastRunAt,
    [property: Id(14)] long? LastTaskId);
