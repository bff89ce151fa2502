using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Xunit;

namespace Airliner.Tasks.Tests.Rules;

public sealed class DueWindowTests
{
    private static readonly DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static QueuedTask Task(long id, int turn) => new(id, 1001, _now, _now.AddSeconds(turn));

    private static List<long> TakeAll(DueWindow window)
    {
        var taken = new List<long>();
        while (window.TryTake(out var id))
            taken.Add(id);
        return taken;
    }

    [Fact]
    public void Tasks_are_taken_in_their_turn_and_those_of_one_moment_by_id()
    {
        var window = new DueWindow(10);
        foreach (var task in new[] { Task(3, 5), Task(2, 1), Task(1, 5) })
            Assert.True(window.Add(task));
        Assert.Equal([2, 1, 3], TakeAll(window));
    }

    [Fact]
    public void A_task_that_is_told_twice_is_taken_once_at_its_newest_turn()
    {
        var window = new DueWindow(10);
        window.Add(Task(1, 1));
        window.Add(Task(2, 2));
        Assert.False(window.Add(Task(1, 3)));
        Assert.Equal(2, window.Count);
        Assert.Equal([2, 1], TakeAll(window));
    }

    [Fact]
    public void A_full_window_leaves_out_what_is_last_and_never_what_is_more_urgent()
    {
        var window = new DueWindow(3);
        for (var i = 1; i <= 3; i++)
            window.Add(Task(i, i));
        Assert.False(window.HasLeftOut);
        window.Add(Task(4, 0));
        Assert.True(window.HasLeftOut);
        Assert.Equal([4, 1, 2], TakeAll(window));
    }

    [Fact]
    public void What_was_left_out_can_be_added_again()
    {
        var window = new DueWindow(1);
        window.Add(Task(1, 1));
        window.Add(Task(2, 2));
        Assert.Equal([1], TakeAll(window));
        Assert.True(window.Add(Task(2, 2)));
        Assert.Equal([2], TakeAll(window));
    }
}
