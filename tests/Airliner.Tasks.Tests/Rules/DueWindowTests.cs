using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Queues;
using Xunit;

namespace Airliner.Tasks.Tests.Rules;

public sealed class DueWindowTests
{
    private const long Ada = 1001;
    private const long Bob = 1002;

    private static readonly DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static QueuedTask Task(long id, int dueSeconds, long userId = Ada, string priority = Priorities.Low)
    {
        var due = _now.AddSeconds(dueSeconds);
        return new(id, userId, due, due - Priorities.Boost(priority));
    }

    private static DueWindow Window(int capacity = 1000, Func<long, bool>? mayStart = null) => new(capacity, mayStart ?? (_ => true));

    private static DueWindow Holding(params QueuedTask[] tasks) => Filled(Window(), tasks);

    private static DueWindow Filled(DueWindow window, params IEnumerable<QueuedTask> tasks)
    {
        foreach (var task in tasks)
            window.Add(task, _now);
        return window;
    }

    private static List<long> TakeAll(DueWindow window, DateTimeOffset? now = null, int atMost = int.MaxValue)
    {
        var taken = new List<long>();
        while (taken.Count < atMost && window.TryTake(now ?? _now, out var task))
            taken.Add(task.TaskId);
        return taken;
    }

    [Fact]
    public void A_user_s_tasks_are_taken_in_their_order_and_those_of_one_moment_by_id() =>
        Assert.Equal([2, 1, 3], TakeAll(Holding(Task(3, -5), Task(2, -10), Task(1, -5))));

    [Fact]
    public void What_made_a_task_due_is_kept_where_it_is_found_in_the_table_again()
    {
        var window = Holding(Task(1, -9) with { TraceParent = "told" }, Task(1, -9), Task(2, -8), Task(2, -8) with { TraceParent = "late" });
        Assert.True(window.TryTake(_now, out var first));
        Assert.True(window.TryTake(_now, out var second));
        Assert.Equal(((1L, "told"), (2L, "late")), ((first.TaskId, first.TraceParent), (second.TaskId, second.TraceParent)));
    }

    [Fact]
    public void A_task_that_is_told_twice_is_taken_once_at_its_newest_turn()
    {
        var window = Holding(Task(1, -9), Task(2, -8));
        Assert.False(window.Add(Task(1, -7), _now));
        Assert.Equal((2, 2), (window.Count, window.Ready));
        Assert.Equal([2, 1], TakeAll(window));
        Assert.Equal((0, 0), (window.Count, window.Ready));
    }

    [Fact]
    public void Users_take_turns_however_many_tasks_one_of_them_has_and_however_long_they_wait()
    {
        var window = Filled(Window(), Enumerable.Range(1, 500).Select(id => Task(id, -50)));
        Assert.Equal([1, 2], TakeAll(window, atMost: 2));
        Filled(window, Task(901, 0, Bob), Task(902, 0, Bob));
        Assert.Equal([3, 901, 4, 902, 5, 6], TakeAll(window, atMost: 6));
    }

    [Fact]
    public void The_most_urgent_go_first_and_users_take_turns_among_them_alone()
    {
        var window = Holding(
            Task(1, 0, Ada, Priorities.Low), Task(2, 0, Bob, Priorities.Medium), Task(3, 0, 7, Priorities.Critical), Task(4, 0, 7, Priorities.Critical), Task(5, 0, 8, Priorities.High));
        Assert.Equal([3, 4, 5, 2, 1], TakeAll(window));
    }

    [Theory]
    [InlineData(Priorities.Low, 3600)]
    [InlineData(Priorities.Medium, 3540)]
    [InlineData(Priorities.High, 3000)]
    public void Whatever_has_waited_until_it_is_as_urgent_as_a_critical_task_takes_turns_with_those(string priority, int waitedSeconds)
    {
        var window = Filled(Window(), Enumerable.Range(1, 100).Select(id => Task(id, 0, Ada, Priorities.Critical)));
        Filled(window, Task(901, 0, Bob, priority));
        Assert.Equal([1, 2], TakeAll(window, _now.AddSeconds(waitedSeconds - 1), atMost: 2));
        Assert.Equal([3, 901, 4], TakeAll(window, _now.AddSeconds(waitedSeconds), atMost: 3));
    }

    [Fact]
    public void Who_may_start_none_is_passed_over_and_keeps_nobody_waiting()
    {
        var mayAda = false;
        var window = Filled(Window(mayStart: user => user != Ada || mayAda), Task(1, -9), Task(2, -8), Task(901, 0, Bob));
        Assert.Equal([901], TakeAll(window));
        Assert.Equal((2, 0), (window.Count, window.Ready));
        Assert.False(window.Add(Task(3, -7), _now));
        window.Resume(Ada, _now);
        Assert.Empty(TakeAll(window));

        mayAda = true;
        window.Resume(Ada, _now);
        Assert.Equal(3, window.Ready);
        Assert.Equal([1, 2, 3], TakeAll(window));
    }

    [Fact]
    public void A_full_window_leaves_out_the_last_of_who_has_most_and_never_another_s_only_one()
    {
        var window = Filled(Window(capacity: 3), Task(1, -3), Task(2, -2), Task(3, -1));
        Assert.False(window.HasLeftOut);
        Filled(window, Task(901, 0, Bob));
        Assert.True(window.HasLeftOut);
        Assert.Equal([1, 901, 2], TakeAll(window));
    }

    [Fact]
    public void Where_everybody_has_one_the_least_urgent_gives_way()
    {
        var window = Filled(Window(capacity: 2), Task(1, 0, 1, Priorities.High), Task(2, 0, 2, Priorities.Low), Task(3, 0, 3, Priorities.Critical), Task(4, 0, 4, Priorities.Low));
        Assert.Equal([3, 1], TakeAll(window));
    }

    [Fact]
    public void What_was_left_out_can_be_added_again()
    {
        var window = Filled(Window(capacity: 1), Task(1, -2), Task(2, -1));
        Assert.Equal([1], TakeAll(window));
        Assert.True(window.Add(Task(2, -1), _now));
        Assert.Equal([2], TakeAll(window));
    }
}
