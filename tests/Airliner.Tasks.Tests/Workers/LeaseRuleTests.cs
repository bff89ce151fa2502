using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Lifecycle;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>What a task's lease is worth, whoever has it.</summary>
public sealed class LeaseRuleTests
{
    private const long Id = 1000;
    private static readonly DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan _lease = TimeSpan.FromSeconds(30);
    private static readonly RetryPolicy _retry = new() { FirstWait = TimeSpan.FromSeconds(8), Jitter = 0 };
    private static readonly string _worker = LeaseNames.OfWorker("c_one/w");

    private static TaskState Running(string owner, int timeoutSeconds = 3600, int maxAttempts = 3) => TaskState
        .Created(Id, new CreateTask("command", 1001, "digest", Priorities.Medium, "{}", null, maxAttempts, timeoutSeconds), new TaskTypeLimits(), _now)
        .Started(Id, owner, _lease, _now);

    /// <summary>A minute was its time, and its worker gave signs of life until it was over.</summary>
    private static TaskState OutOfTime() => Running(_worker, timeoutSeconds: 60).Renewed(_lease, TimeSpan.FromSeconds(5), _now.AddSeconds(50));

    [Fact]
    public void A_worker_is_told_from_a_silo_by_its_name()
    {
        Assert.Equal("c_one/w", LeaseNames.WorkerOf(_worker));
        Assert.Null(LeaseNames.WorkerOf("127.0.0.1:11111@128374"));
        Assert.Null(LeaseNames.WorkerOf(""));
    }

    [Fact]
    public void A_lease_is_held_by_its_owner_under_its_number_while_the_attempt_runs()
    {
        var state = Running(_worker);
        Assert.True(state.IsHeld(new(_worker, 1)));
        Assert.False(state.IsHeld(new(_worker, 2)));
        Assert.False(state.IsHeld(new(LeaseNames.OfWorker("c_two/w"), 1)));
        Assert.True(state.Cancelling(_now).IsHeld(new(_worker, 1)));
        Assert.False(state.Completed(Id, "{}", _now).IsHeld(new(_worker, 1)));
        Assert.False(state.Lost(Id, _retry, _now).IsHeld(new(_worker, 1)));
    }

    [Fact]
    public void A_lease_is_not_prolonged_far_beyond_the_attempt_s_time()
    {
        var state = Running(_worker, timeoutSeconds: 60);
        var letsGo = TimeSpan.FromSeconds(5);
        Assert.Equal(_now.AddSeconds(50), state.Renewed(_lease, letsGo, _now.AddSeconds(20)).LeaseUntil);
        Assert.Equal(_now.AddSeconds(65), state.Renewed(_lease, letsGo, _now.AddSeconds(50)).LeaseUntil);
    }

    [Fact]
    public void A_lost_attempt_says_who_was_lost_or_that_it_took_too_long()
    {
        Assert.Equal("The worker that ran the task was lost.", Running(_worker).Lost(Id, _retry, _now).ErrorMessage);
        Assert.Equal("The silo that ran the task was lost.", Running("127.0.0.1:1@1").Lost(Id, _retry, _now).ErrorMessage);
        Assert.Equal("The attempt took longer than 60 seconds.", OutOfTime().Lost(Id, _retry, _now.AddSeconds(66)).ErrorMessage);
        Assert.Equal(TaskStatuses.Cancelled, Running(_worker).Cancelling(_now).Lost(Id, _retry, _now).Status);
        Assert.Equal((TaskStatuses.Failed, 1), (Running(_worker, maxAttempts: 1).Lost(Id, _retry, _now).Status, Running(_worker, maxAttempts: 1).Lost(Id, _retry, _now).Attempts));
    }

    [Fact]
    public void An_attempt_whose_runner_was_lost_is_followed_at_once_and_one_that_took_too_long_after_its_type_s_wait()
    {
        Assert.Equal(_now.AddSeconds(31), Running(_worker).Lost(Id, _retry, _now.AddSeconds(31)).DueAt);
        // Found only when its time would have been over: it had fallen silent before.
        Assert.Equal(_now.AddSeconds(66), Running(_worker, timeoutSeconds: 60).Lost(Id, _retry, _now.AddSeconds(66)).DueAt);
        Assert.Equal(_now.AddSeconds(66 + 8), OutOfTime().Lost(Id, _retry, _now.AddSeconds(66)).DueAt);
        Assert.Equal(_now.AddSeconds(66), OutOfTime().Lost(Id, null, _now.AddSeconds(66)).DueAt);
        var second = OutOfTime().Lost(Id, _retry, _now.AddSeconds(66)).Started(Id, _worker, TimeSpan.FromSeconds(65), _now.AddSeconds(100));
        Assert.Equal(_now.AddSeconds(200 + 16), second.Lost(Id, _retry, _now.AddSeconds(200)).DueAt);
    }

    [Fact]
    public void An_end_that_is_told_twice_is_no_news_and_one_that_was_never_heard_is()
    {
        var done = new AttemptResult(Result: "{}");
        var failed = new AttemptResult(Error: "down", Retry: true);
        Assert.True(Running(_worker).Completed(Id, "{}", _now).HasHeard(new(_worker, 1), done));
        Assert.True(Running(_worker).Cancelling(_now).Cancelled(Id, _now).HasHeard(new(_worker, 1), done));
        Assert.True(Running(_worker).AttemptFailed(Id, "down", true, TimeSpan.Zero, _now).HasHeard(new(_worker, 1), failed));
        Assert.False(Running(_worker).Lost(Id, _retry, _now).HasHeard(new(_worker, 1), done));
        Assert.False(Running(_worker).Lost(Id, _retry, _now).Started(Id, _worker, _lease, _now).HasHeard(new(_worker, 1), failed));
    }
}
