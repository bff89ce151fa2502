using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Queues;
using Airliner.Tasks.Grains.Workers;
using Xunit;

namespace Airliner.Tasks.Tests.Rules;

public sealed class SlotsTests
{
    private const long Ada = 1001;
    private const long Epoch = 5;

    private static readonly DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly Slots _slots = new(new WorkerSlots());

    private static QueuedTask Task(long id, int attempts = 0) => new(id, Ada, _now, _now, attempts);

    private static TaskLease Running(long id, int attempt = 1) => new(id, "silo", _now.AddSeconds(30), Ada, attempt);

    private (IReadOnlyList<long> Freed, IReadOnlyList<long> Lost) Settle(
        long epoch, TaskLease[] running, long[]? outdated = null, bool areLost = false, int afterSeconds = 0) =>
        _slots.Settle(running, (outdated ?? []).ToHashSet(), epoch, _now.AddSeconds(afterSeconds), _ => areLost);

    [Fact]
    public void A_task_holds_one_slot_and_counts_for_its_user_until_it_has_ended()
    {
        Assert.True(_slots.TryReserve(Task(1), Epoch, _now));
        Assert.False(_slots.TryReserve(Task(1), Epoch, _now));
        Assert.True(_slots.TryReserve(Task(2), Epoch, _now));
        Assert.Equal((2, 2), (_slots.Count, _slots.Of(Ada)));
        Assert.Equal(Ada, _slots.Release(1, attempt: 1));
        Assert.Null(_slots.Release(1, attempt: 1));
        Assert.Equal((1, 1, true), (_slots.Count, _slots.Of(Ada), _slots.Holds(2)));
    }

    [Fact]
    public void A_release_that_comes_late_does_not_take_the_slot_of_the_next_attempt()
    {
        _slots.TryReserve(Task(1, attempts: 1), Epoch, _now);
        Assert.Null(_slots.Release(1, attempt: 1));
        Settle(Epoch, [Running(1, attempt: 2)]);
        Assert.Null(_slots.Release(1, attempt: 1));
        Assert.Equal(Ada, _slots.Release(1, attempt: 2));
    }

    [Fact]
    public void A_start_that_did_not_happen_gives_back_the_slot_of_its_own_epoch_alone()
    {
        _slots.TryReserve(Task(1), Epoch, _now);
        Assert.Null(_slots.GiveBack(1, Epoch - 1));
        Assert.Equal(Ada, _slots.GiveBack(1, Epoch));
        _slots.TryReserve(Task(1), Epoch, _now);
        Settle(Epoch, [Running(1)]);
        Assert.Null(_slots.GiveBack(1, Epoch));
    }

    [Fact]
    public void A_start_that_is_unseen_keeps_its_slot_until_its_epoch_is_over()
    {
        _slots.TryReserve(Task(1), Epoch, _now);
        Assert.Empty(Settle(Epoch, [], afterSeconds: 60).Freed);
        Assert.False(_slots.HasOverdueStart(_now.AddSeconds(10)));
        Assert.True(_slots.HasOverdueStart(_now.AddSeconds(11)));
        Assert.Equal([1], _slots.Starting);
        Assert.Equal([Ada], Settle(Epoch + 1, [], afterSeconds: 60).Freed);
        Assert.Equal(0, _slots.Count);
    }

    [Fact]
    public void A_task_that_was_seen_running_and_runs_no_more_has_given_up_its_slot()
    {
        Settle(Epoch, [Running(1), Running(2)]);
        Assert.Equal((2, 2), (_slots.Count, _slots.Of(Ada)));
        Assert.Empty(_slots.Starting);
        Assert.Equal([Ada], Settle(Epoch, [Running(2)]).Freed);
        Assert.True(_slots.Holds(2));
    }

    [Fact]
    public void What_was_released_since_the_reading_began_does_not_come_back_by_it()
    {
        Settle(Epoch, [Running(1)], outdated: [1]);
        Assert.Equal(0, _slots.Count);
    }

    [Fact]
    public void A_lost_task_that_does_not_start_is_told_so_ever_less_often()
    {
        List<int> told = [.. Enumerable.Range(0, 60).Where(second => Settle(Epoch, [Running(1)], areLost: true, afterSeconds: second).Lost.Count > 0)];

        Assert.Equal([0, 2, 6, 14, 24, 34, 44, 54], told);
    }

    [Fact]
    public void A_lost_task_is_told_to_start_again_from_time_to_time_and_keeps_its_slot_between_its_attempts()
    {
        Assert.Equal([1], Settle(Epoch, [Running(1)], areLost: true).Lost);
        Assert.Empty(Settle(Epoch, [Running(1)], areLost: true, afterSeconds: 1).Lost);
        Assert.Equal([1], Settle(Epoch, [Running(1)], areLost: true, afterSeconds: 2).Lost);
        Assert.Empty(Settle(Epoch, [], afterSeconds: 3).Freed);
        Settle(Epoch, [Running(1, attempt: 2)], afterSeconds: 4);
        Assert.Null(_slots.Release(1, attempt: 1));
        Assert.Equal(Ada, _slots.Release(1, attempt: 2));
    }

    [Fact]
    public void A_lost_task_that_was_told_twice_gives_back_its_slot_once_both_have_answered()
    {
        Settle(Epoch, [Running(1)], areLost: true);
        Settle(Epoch, [Running(1)], areLost: true, afterSeconds: 2);
        Assert.Null(_slots.GiveBack(1, Epoch));
        Assert.True(_slots.Holds(1));
        Assert.Equal(Ada, _slots.GiveBack(1, Epoch));
    }

    [Fact]
    public void A_lost_task_that_storage_refused_keeps_its_slot_and_owes_one_answer_less()
    {
        Settle(Epoch, [Running(1)], areLost: true);
        _slots.Keep(1, Epoch);
        Assert.True(_slots.Holds(1));
        Settle(Epoch, [Running(1)], areLost: true, afterSeconds: 2);
        Assert.Equal(Ada, _slots.GiveBack(1, Epoch));
    }

    [Fact]
    public void An_answer_under_the_epoch_before_frees_no_slot_of_a_lost_task()
    {
        Settle(Epoch, [Running(1)], areLost: true);
        Settle(Epoch + 1, [Running(1)], areLost: true, afterSeconds: 2);
        Assert.Null(_slots.GiveBack(1, Epoch));
        Assert.Equal(Ada, _slots.GiveBack(1, Epoch + 1));
    }
}
