using System.Globalization;
using Airliner.Contracts;
using Airliner.Contracts.Idempotency;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Schedules;

/// <summary>A schedule as stored, and the rules of its runs.</summary>
internal sealed record ScheduleState : Record
{
    /// <summary>The command that made the schedule: a repeat of it is recognised.</summary>
    public string CommandId { get; init; } = "";

    public long UserId { get; init; }

    public string Name { get; init; } = "";

    public string Cron { get; init; } = "";

    public string TimeZone { get; init; } = TimeZones.Utc;

    /// <summary>One of <see cref="Contracts.Tasks.MissedRuns"/>.</summary>
    public string MissedRuns { get; init; } = "";

    public string TaskType { get; init; } = "";

    public string Priority { get; init; } = "";

    /// <summary>A JSON object.</summary>
    public string Parameters { get; init; } = "";

    public int? MaxAttempts { get; init; }

    public int? TimeoutSeconds { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The first time that was not run yet; null where it never comes again.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    public DateTimeOffset? LastRunAt { get; init; }

    public long? LastTaskId { get; init; }

    public static ScheduleState Created(CreateSchedule command, DateTimeOffset now) => new()
    {
        CommandId = command.CommandId,
        UserId = command.UserId,
        Name = command.Name,
        Cron = command.Cron,
        TimeZone = command.TimeZone,
        MissedRuns = command.MissedRuns,
        TaskType = command.TaskType,
        Priority = command.Priority,
        Parameters = command.Parameters,
        MaxAttempts = command.MaxAttempts,
        TimeoutSeconds = command.TimeoutSeconds,
        CreatedAt = now,
        NextRunAt = Recurrence.Parse(command.Cron, command.TimeZone).After(now),
    };

    /// <summary>The times to run by now, oldest first, and when it comes next.</summary>
    public DueRuns Due(DateTimeOffset now, ScheduleOptions options)
    {
        var recurrence = Recurrence.Parse(Cron, TimeZone);
        var (missed, onTime) = (new Queue<DateTimeOffset>(), new List<DateTimeOffset>());
        var mostMissed = MissedRuns switch
        {
            Contracts.Tasks.MissedRuns.Skip => 0,
            Contracts.Tasks.MissedRuns.Once => 1,
            _ => options.MostMissedRuns,
        };
        var next = NextRunAt;
        for (; next <= now; next = recurrence.After(next.Value))
        {
            // What is on time is run under every rule.
            if (now - next.Value <= options.MissedAfter)
            {
                onTime.Add(next.Value);
                continue;
            }

            missed.Enqueue(next.Value);
            if (missed.Count > mostMissed)
                missed.Dequeue();
        }

        // The newest stands for all that were missed.
        if (MissedRuns == Contracts.Tasks.MissedRuns.Once && onTime.Count > 0)
            missed.Clear();
        return new([.. missed, .. onTime], next);
    }

    /// <summary>The task of one run. Its command is the schedule's for that time, whoever makes it and however often: so it is made once.</summary>
    public CreateTask TaskOf(long scheduleId, DateTimeOffset run) => new(
        string.Create(CultureInfo.InvariantCulture, $"{StoredAnswerState.CommandPrefix}schedule-{scheduleId}-{run.UtcDateTime:yyyyMMddTHHmmssZ}"),
        UserId, TaskType, Priority, Parameters, run, MaxAttempts, TimeoutSeconds);

    /// <summary>After its tasks were made.</summary>
    public ScheduleState Ran(DueRuns due, long? lastTaskId) => this with
    {
        NextRunAt = due.Next,
        LastRunAt = due.Runs.Count > 0 ? due.Runs[^1] : LastRunAt,
        LastTaskId = lastTaskId ?? LastTaskId,
    };

    public ScheduleView View(long scheduleId) => new(
        scheduleId, Name, UserId, Cron, TimeZone, MissedRuns, TaskType, Priority, Parameters, MaxAttempts, TimeoutSeconds, CreatedAt, NextRunAt, LastRunAt, LastTaskId);
}

/// <summary>What of a schedule is due.</summary>
/// <param name="Runs">The times to run, oldest first.</param>
/// <param name="Next">When it comes next, null where it does not.</param>
internal sealed record DueRuns(IReadOnlyList<DateTimeOffset> Runs, DateTimeOffset? Next);
