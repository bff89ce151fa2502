using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Groups;
using Xunit;

namespace Airliner.Tasks.Tests.Groups;

public sealed class TaskGroupStateTests
{
    private static readonly DateTimeOffset _now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TaskGroupState _open = TaskGroupState.Created(new CreateTaskGroup("g_1", "nightly", 1001), _now);

    [Fact]
    public void A_group_with_none_left_is_complete_and_says_so()
    {
        var complete = _open.Counted("g_1", new MemberCounts(6, 0, 3, 2, 1), _now.AddMinutes(1));

        Assert.Equal(_now.AddMinutes(1), complete.CompletedAt);
        Assert.Equal(
            new TaskGroupCompleted("g_1", "nightly", 1001, Total: 6, Completed: 3, Failed: 2, Cancelled: 1) { Timestamp = _now.AddMinutes(1) },
            Assert.Single(complete.Raised));
    }

    [Fact]
    public void A_group_with_some_left_or_without_tasks_yet_stays_open()
    {
        Assert.Same(_open, _open.Counted("g_1", new MemberCounts(6, 1, 5, 0, 0), _now));
        Assert.Same(_open, _open.Counted("g_1", default, _now));
    }

    [Fact]
    public void A_failed_task_that_is_retried_does_not_open_its_group_again()
    {
        var complete = _open.Counted("g_1", new MemberCounts(2, 0, 1, 1, 0), _now) with { Raised = [] };

        Assert.Same(complete, complete.Counted("g_1", new MemberCounts(2, 1, 1, 0, 0), _now));
        Assert.Same(complete, complete.Counted("g_1", new MemberCounts(2, 0, 2, 0, 0), _now));
    }
}
