using System.Globalization;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Schedules;
using Xunit;

namespace Airliner.Tasks.Tests.Schedules;

public sealed class ScheduleStateTests
{
    private static readonly DateTimeOffset _noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ScheduleOptions _options = new() { MostMissedRuns = 3 };

    [Fact]
    public void A_new_schedule_waits_for_its_first_time() =>
        Assert.Equal((_noon.AddHours(1), null, null), (Hourly(MissedRuns.Once).NextRunAt, Hourly(MissedRuns.Once).LastRunAt, Hourly(MissedRuns.Once).LastTaskId));

    [Theory]
    [InlineData(MissedRuns.Skip)]
    [InlineData(MissedRuns.Once)]
    [InlineData(MissedRuns.All)]
    public void A_run_on_time_is_run_under_every_rule(string rule)
    {
        var due = Hourly(rule).Due(_noon.AddHours(1).AddSeconds(2), _options);

        Assert.Equal([_noon.AddHours(1)], due.Runs);
        Assert.Equal(_noon.AddHours(2), due.Next);
    }

    [Theory]
    [InlineData(MissedRuns.Skip)]
    [InlineData(MissedRuns.Once)]
    [InlineData(MissedRuns.All)]
    public void A_run_on_time_is_run_also_where_no_missed_one_is_made_up_for(string rule)
    {
        var none = new ScheduleOptions { MostMissedRuns = 0 };

        Assert.Equal([_noon.AddHours(1)], Hourly(rule).Due(_noon.AddHours(1).AddSeconds(2), none).Runs);
        Assert.Equal(rule == MissedRuns.Once ? 1 : 0, Hourly(rule).Due(_noon.AddMinutes(150), none).Runs.Count);
    }

    [Theory]
    [InlineData(MissedRuns.Skip, 150, "")]
    [InlineData(MissedRuns.Skip, 180, "15:00")]
    [InlineData(MissedRuns.Once, 150, "14:00")]
    [InlineData(MissedRuns.All, 150, "13:00 14:00")]
    [InlineData(MissedRuns.All, 330, "15:00 16:00 17:00")]
    public void Missed_runs_are_left_out_stood_for_or_made_up_for(string rule, int minutesLater, string runs)
    {
        var due = Hourly(rule).Due(_noon.AddMinutes(minutesLater), _options);

        Assert.Equal(runs, string.Join(' ', due.Runs.Select(run => run.ToString("HH:mm", CultureInfo.InvariantCulture))));
        Assert.True(due.Next > _noon.AddMinutes(minutesLater) && due.Next <= _noon.AddMinutes(minutesLater + 60));
    }

    [Theory]
    [InlineData(MissedRuns.Skip, "14:00 15:00 16:00 17:00 18:00")]
    [InlineData(MissedRuns.Once, "14:00 15:00 16:00 17:00 18:00")]
    [InlineData(MissedRuns.All, "13:00 14:00 15:00 16:00 17:00 18:00")]
    public void All_runs_on_time_are_run_under_every_rule_however_many(string rule, string runs)
    {
        var due = Hourly(rule).Due(_noon.AddHours(6), new ScheduleOptions { MostMissedRuns = 3, MissedAfter = TimeSpan.FromHours(4) });

        Assert.Equal(runs, string.Join(' ', due.Runs.Select(run => run.ToString("HH:mm", CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void A_year_of_missed_minutes_is_passed_over_at_once()
    {
        var due = (Hourly(MissedRuns.All) with { Cron = "* * * * *" }).Due(_noon.AddYears(1), _options);

        // Three that were missed, and what is on time.
        Assert.Equal(Enumerable.Range(-4, 5).Select(minute => _noon.AddYears(1).AddMinutes(minute)), due.Runs);
    }

    [Fact]
    public void A_run_is_one_command_whoever_makes_it()
    {
        var schedule = Hourly(MissedRuns.Once);

        var task = schedule.TaskOf(1000, _noon.AddHours(1));

        Assert.Equal("key-schedule-1000-20260501T130000Z", task.CommandId);
        Assert.Equal((1001, "scripted", "high", """{"a":1}""", _noon.AddHours(1), 2, 30), (task.UserId, task.TaskType, task.Priority, task.Parameters, task.RunAt, task.MaxAttempts, task.TimeoutSeconds));
        Assert.Equal(task.CommandId, schedule.TaskOf(1000, _noon.AddHours(1).ToOffset(TimeSpan.FromHours(2))).CommandId);
    }

    [Fact]
    public void What_ran_is_remembered_and_what_was_left_out_is_not()
    {
        var ran = Hourly(MissedRuns.Skip).Ran(new([_noon.AddHours(1)], _noon.AddHours(2)), 5000);
        var skipped = ran.Ran(new([], _noon.AddHours(3)), null);

        Assert.Equal((_noon.AddHours(2), _noon.AddHours(1), 5000), (ran.NextRunAt, ran.LastRunAt, ran.LastTaskId));
        Assert.Equal((_noon.AddHours(3), _noon.AddHours(1), 5000), (skipped.NextRunAt, skipped.LastRunAt, skipped.LastTaskId));
    }

    private static ScheduleState Hourly(string missedRuns) => ScheduleState.Created(
        new CreateSchedule("command", 1001, "reports", "@hourly", "UTC", missedRuns, "scripted", "high", """{"a":1}""", 2, 30), _noon);
}
