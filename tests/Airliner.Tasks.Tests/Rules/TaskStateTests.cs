using System.Text.RegularExpressions;
using Airliner.Contracts.Events;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Lifecycle;
using Xunit;

namespace Airliner.Tasks.Tests.Rules;

public sealed partial class TaskStateTests
{
    private const long Id = 1000;
    private static readonly DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan _lease = TimeSpan.FromSeconds(30);

    private static TaskState New(int maxAttempts = 3, DateTimeOffset? runAt = null, string priority = Priorities.Medium) => TaskState.Created(
        Id, new CreateTask("command", 1001, "data_processing", priority, "{}", runAt, maxAttempts), new TaskTypeLimits(), _now);

    private static TaskState Running(int maxAttempts = 3) => New(maxAttempts).Started(Id, "silo", _lease, _now.AddSeconds(1));

    private static DomainEvent LastOf(TaskState state) => state.Raised[^1];

    [Fact]
    public void A_new_task_waits_and_is_due_at_once()
    {
        var state = New();
        Assert.Equal((TaskStatuses.Pending, 0, 0, _now), (state.Status, state.Attempts, state.Progress, state.DueAt));
        Assert.Equal("medium", Assert.IsType<TaskCreated>(Assert.Single(state.Raised)).Priority);
    }

    [Fact]
    public void A_new_task_uses_the_limits_where_its_command_says_none()
    {
        var limits = new TaskTypeLimits { MaxAttempts = 7, TimeoutSeconds = 11 };
        var state = TaskState.Created(Id, new CreateTask("command", 1001, "data_processing", "low", "{}"), limits, _now);
        Assert.Equal((7, 11), (state.MaxAttempts, state.TimeoutSeconds));
        state = TaskState.Created(Id, new CreateTask("command", 1001, "data_processing", "low", "{}", null, 1, 2), limits, _now);
        Assert.Equal((1, 2), (state.MaxAttempts, state.TimeoutSeconds));
    }

    [Theory]
    [InlineData(3600, 3600)]
    [InlineData(-3600, 0)]
    public void A_run_time_is_when_the_task_is_due_unless_it_is_over(int runInSeconds, int dueInSeconds) =>
        Assert.Equal(_now.AddSeconds(dueInSeconds), New(runAt: _now.AddSeconds(runInSeconds)).DueAt);

    [Fact]
    public void A_run_time_is_kept_as_the_table_keeps_it() =>
        Assert.Equal(_now.AddMicroseconds(60_000_001), New(runAt: _now.AddTicks(600_000_017)).RunAt);

    [Fact]
    public void References_are_TASK_the_day_and_eight_hex_digits_of_each_task_s_own()
    {
        var references = Enumerable.Range(1000, 50_000)
            .Select(id => TaskState.Created(id, new CreateTask("c", 1, "t", "low", "{}"), new TaskTypeLimits(), _now).Reference).ToList();
        Assert.Equal(references.Count, references.Distinct().Count());
        Assert.All(references, reference => Assert.Matches(Reference(), reference));
    }

    [Fact]
    public void An_attempt_that_begins_counts_and_holds_a_lease()
    {
        var state = Running();
        Assert.Equal((TaskStatuses.Processing, 1, "silo", _now.AddSeconds(31)), (state.Status, state.Attempts, state.LeaseOwner, state.LeaseUntil));
        Assert.Equal(1, Assert.IsType<TaskStarted>(LastOf(state)).Attempt);
        Assert.Equal(_now.AddSeconds(90), state.Renewed(_lease, TimeSpan.Zero, _now.AddSeconds(60)).LeaseUntil);
    }

    [Fact]
    public void A_completed_task_has_its_result_its_whole_progress_and_its_time()
    {
        var state = Running().Progressed(Id, 40, _now).Completed(Id, """{"rows":1}""", _now.AddSeconds(3.5));
        var view = state.View(Id);
        Assert.Equal((TaskStatuses.Completed, 100, """{"rows":1}""", 2.5), (view.Status, view.Progress, view.Result, view.ProcessingTime));
        Assert.Equal(("", null, _now.AddSeconds(3.5)), (state.LeaseOwner, state.LeaseUntil, view.CompletedAt));
        Assert.Equal(2.5, Assert.IsType<TaskCompleted>(LastOf(state)).ProcessingTime);
    }

    [Fact]
    public void A_failed_attempt_is_followed_by_another_while_attempts_are_left()
    {
        var waiting = Running(maxAttempts: 2).AttemptFailed(Id, "down", retry: true, TimeSpan.FromSeconds(5), _now);
        Assert.Equal((TaskStatuses.Pending, "down", _now.AddSeconds(5), ""), (waiting.Status, waiting.ErrorMessage, waiting.DueAt, waiting.LeaseOwner));
        Assert.Equal(_now.AddSeconds(5), waiting.View(Id).NextAttemptAt);
        var retried = Assert.IsType<TaskRetried>(LastOf(waiting));
        Assert.Equal((1, "down", _now.AddSeconds(5)), (retried.Attempt, retried.Reason, retried.NextAttemptAt));

        var failed = waiting.Started(Id, "silo", _lease, _now).AttemptFailed(Id, "down", retry: true, TimeSpan.Zero, _now);
        Assert.Equal((TaskStatuses.Failed, 2, "down"), (failed.Status, failed.Attempts, failed.ErrorMessage));
        Assert.Equal(2, Assert.IsType<TaskFailed>(LastOf(failed)).Attempts);
        Assert.Null(failed.View(Id).NextAttemptAt);
    }

    [Fact]
    public void What_can_never_succeed_fails_at_once()
    {
        var failed = Running().AttemptFailed(Id, "source: is missing", retry: false, TimeSpan.Zero, _now);
        Assert.Equal((TaskStatuses.Failed, 1), (failed.Status, failed.Attempts));
    }

    [Fact]
    public void A_new_attempt_forgets_the_last_one_s_error_and_progress()
    {
        var again = Running().Progressed(Id, 90, _now).AttemptFailed(Id, "down", true, TimeSpan.Zero, _now).Started(Id, "other", _lease, _now);
        Assert.Equal((null, 0, 2, "other"), (again.ErrorMessage, again.Progress, again.Attempts, again.LeaseOwner));
    }

    [Fact]
    public void A_task_that_a_stopping_silo_hands_back_may_have_one_attempt_more()
    {
        var back = Running(maxAttempts: 1).HandedBack(Id, null, new RetryPolicy { Jitter = 0 }, _now);
        Assert.Equal((TaskStatuses.Pending, 1, 0, _now), (back.Status, back.Attempts, back.CountedAttempts, back.DueAt));
        Assert.IsType<TaskRetried>(LastOf(back));
    }

    [Fact]
    public void A_task_for_which_there_was_no_room_waits_for_others_and_says_so()
    {
        var retry = new RetryPolicy { Jitter = 0 };
        var back = Running(maxAttempts: 1);
        foreach (var seconds in new[] { 16, 32, 64 })
        {
            back = back.HandedBack(Id, "no room", retry, _now);
            Assert.Equal((TaskStatuses.Pending, "no room", 0, _now.AddSeconds(seconds)), (back.Status, back.ErrorMessage, back.CountedAttempts, back.DueAt));
            back = back.Started(Id, "silo", _lease, _now);
        }
    }

    [Fact]
    public void A_task_that_is_handed_back_again_and_again_waits_and_fails_in_the_end()
    {
        var retry = new RetryPolicy { Jitter = 0 };
        var back = Running(maxAttempts: 1).HandedBack(Id, null, retry, _now);
        foreach (var seconds in new[] { 2, 4, 8 })
        {
            back = back.Started(Id, "silo", _lease, _now).HandedBack(Id, null, retry, _now);
            Assert.Equal((TaskStatuses.Pending, _now.AddSeconds(seconds)), (back.Status, back.DueAt));
        }

        while (back.Status == TaskStatuses.Pending)
            back = back.Started(Id, "silo", _lease, _now).HandedBack(Id, null, retry, _now);
        Assert.Equal((TaskStatuses.Failed, 100, 0), (back.Status, back.Attempts, back.CountedAttempts));
        Assert.Contains("100 attempts were handed back", Assert.IsType<TaskFailed>(LastOf(back)).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancel_ends_a_waiting_task_and_a_running_one_by_way_of_cancelling()
    {
        Assert.Equal(TaskStatuses.Cancelled, New().Cancelled(Id, _now).Status);
        var cancelling = Running().Cancelling(_now);
        Assert.Equal((TaskStatuses.Cancelling, true, 2), (cancelling.Status, cancelling.IsRunning, cancelling.Raised.Length));
        var cancelled = cancelling.Cancelled(Id, _now);
        Assert.Equal((TaskStatuses.Cancelled, false, _now), (cancelled.Status, cancelled.IsRunning, cancelled.CompletedAt));
        Assert.IsType<TaskCancelled>(LastOf(cancelled));
    }

    [Fact]
    public void An_error_is_kept_as_the_table_can_keep_it()
    {
        var failed = Running().AttemptFailed(Id, "no column 'a\0b\ud800'" + new string('x', 10_000), retry: false, TimeSpan.Zero, _now);
        Assert.StartsWith("no column 'a\uFFFDb\uFFFD'", failed.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(4000, failed.ErrorMessage!.Length);
    }

    [Fact]
    public void A_low_task_that_has_waited_an_hour_goes_before_a_new_critical_one()
    {
        var old = TaskState.Created(Id, new CreateTask("c", 1, "t", Priorities.Low, "{}"), new TaskTypeLimits(), _now.AddMinutes(-61));
        Assert.True(old.QueueOrder < New(priority: Priorities.Critical).QueueOrder);
        string[] byTurn = [.. Priorities.All.OrderBy(priority => New(priority: priority).QueueOrder)];
        Assert.Equal([Priorities.Critical, Priorities.High, Priorities.Medium, Priorities.Low], byTurn);
    }

    [GeneratedRegex("^TASK20260131[0-9A-F]{8}$")]
    private static partial Regex Reference();
}
