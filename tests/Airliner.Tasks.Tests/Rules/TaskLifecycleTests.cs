using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Xunit;

namespace Airliner.Tasks.Tests.Rules;

public sealed class TaskLifecycleTests
{
    private const long Id = 1000;
    private static readonly DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan _lease = TimeSpan.FromSeconds(30);

    private static CreateTask Command(int? startWithinSeconds = null, DateTimeOffset? deadline = null, DateTimeOffset? runAt = null) => new(
        "command", 1001, "data_processing", Priorities.Low, "{}", runAt, MaxAttempts: 2, TimeoutSeconds: 60, startWithinSeconds, deadline);

    private static TaskState New(int? startWithinSeconds = null, DateTimeOffset? deadline = null) =>
        TaskState.Created(Id, Command(startWithinSeconds, deadline), new TaskTypeLimits(), _now);

    private static TaskState Failed(DateTimeOffset? deadline = null) => New(deadline: deadline)
        .Started(Id, "silo", _lease, _now).AttemptFailed(Id, "down", retry: true, TimeSpan.Zero, _now)
        .Started(Id, "silo", _lease, _now).AttemptFailed(Id, "down", retry: true, TimeSpan.Zero, _now);

    [Fact]
    public void A_task_that_has_no_limit_is_never_too_late() => Assert.Null(New().ExpiresAt);

    [Theory]
    [InlineData(10, 20, 10)]
    [InlineData(20, 10, 10)]
    [InlineData(null, 10, 10)]
    [InlineData(10, null, 10)]
    public void A_task_is_too_late_by_the_earlier_of_its_limits(int? startWithin, int? deadline, int expected) =>
        Assert.Equal(_now.AddSeconds(expected), New(startWithin, deadline is { } seconds ? _now.AddSeconds(seconds) : null).ExpiresAt);

    [Fact]
    public void A_type_s_limits_hold_from_when_the_task_is_due_where_its_command_says_none()
    {
        var limits = new TaskTypeLimits { StartWithin = TimeSpan.FromMinutes(1), Deadline = TimeSpan.FromHours(1) };
        var runAt = _now.AddDays(1);
        var state = TaskState.Created(Id, Command(runAt: runAt), limits, _now);
        Assert.Equal((60, runAt.AddHours(1), runAt.AddMinutes(1)), (state.StartWithinSeconds, state.Deadline, state.ExpiresAt));
        state = TaskState.Created(Id, Command(5, _now.AddDays(2), runAt), limits, _now);
        Assert.Equal((5, _now.AddDays(2)), (state.StartWithinSeconds, state.Deadline));
    }

    [Fact]
    public void A_task_that_waited_too_long_fails_and_says_for_what()
    {
        var late = New(startWithinSeconds: 10).Expired(Id, _now.AddSeconds(11));
        Assert.Equal((TaskStatuses.Failed, "It did not start within 10 seconds of being due."), (late.Status, late.ErrorMessage));
        Assert.Equal(late.ErrorMessage, Assert.IsType<TaskFailed>(late.Raised[^1]).ErrorMessage);
        late = New(startWithinSeconds: 10, deadline: _now.AddSeconds(5)).Expired(Id, _now.AddSeconds(11));
        Assert.Equal("It did not start before its deadline, 2026-01-31T12:00:05.000000Z.", late.ErrorMessage);
    }

    [Fact]
    public void A_task_that_waited_too_long_for_another_attempt_still_says_why_the_last_one_failed()
    {
        var waiting = New(startWithinSeconds: 10).Started(Id, "silo", _lease, _now).AttemptFailed(Id, "down.", retry: true, TimeSpan.FromSeconds(5), _now);
        Assert.Equal(_now.AddSeconds(15), waiting.ExpiresAt);
        Assert.Equal("down. It did not start within 10 seconds of being due.", waiting.Expired(Id, _now.AddSeconds(15)).ErrorMessage);
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(50, 50)]
    [InlineData(99, 1)]
    public void An_attempt_may_run_as_long_as_any_and_not_beyond_the_deadline(int secondsLater, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), New(deadline: _now.AddSeconds(100)).TimeToRun(_now.AddSeconds(secondsLater)));

    [Fact]
    public void A_retry_that_would_begin_after_the_deadline_is_not_waited_for()
    {
        var running = New(deadline: _now.AddSeconds(60)).Started(Id, "silo", _lease, _now);
        Assert.Equal(TaskStatuses.Pending, running.AttemptFailed(Id, "down.", retry: true, TimeSpan.FromSeconds(59), _now).Status);
        var failed = running.AttemptFailed(Id, "down.", retry: true, TimeSpan.FromSeconds(60), _now);
        Assert.Equal(
            (TaskStatuses.Failed, "down. It is not tried again: the next attempt would begin after its deadline, 2026-01-31T12:01:00.000000Z."),
            (failed.Status, failed.ErrorMessage));
    }

    [Fact]
    public void A_result_that_comes_after_the_deadline_fails_the_task_for_good_and_says_so()
    {
        var running = New(deadline: _now.AddSeconds(60)).Started(Id, "silo", _lease, _now);
        Assert.Equal(TaskStatuses.Completed, running.Completed(Id, "{}", _now.AddSeconds(59)).Status);
        var late = running.Completed(Id, "{}", _now.AddSeconds(60));
        Assert.Equal(
            (TaskStatuses.Failed, null, "It did not complete before its deadline, 2026-01-31T12:01:00.000000Z."),
            (late.Status, late.Result, late.ErrorMessage));
        Assert.Equal(late.ErrorMessage, Assert.IsType<TaskFailed>(late.Raised[^1]).ErrorMessage);
    }

    [Fact]
    public void A_retried_task_waits_without_its_error_and_may_have_as_many_attempts_as_at_first()
    {
        var retried = Failed().Retried(Id, "again", _now.AddHours(1));
        Assert.Equal(
            (TaskStatuses.Pending, null, 2, 0, _now.AddHours(1), null),
            (retried.Status, retried.ErrorMessage, retried.Attempts, retried.CountedAttempts, retried.DueAt, retried.CompletedAt));
        Assert.Equal(2, Assert.IsType<TaskRetried>(retried.Raised[^1]).Attempt);

        var third = retried.Started(Id, "silo", _lease, _now).AttemptFailed(Id, "down", retry: true, TimeSpan.Zero, _now);
        Assert.Equal((TaskStatuses.Pending, 3), (third.Status, third.Attempts));
        var fourth = third.Started(Id, "silo", _lease, _now).AttemptFailed(Id, "down", retry: true, TimeSpan.Zero, _now);
        Assert.Equal((TaskStatuses.Failed, 4), (fourth.Status, fourth.Attempts));
    }
}
