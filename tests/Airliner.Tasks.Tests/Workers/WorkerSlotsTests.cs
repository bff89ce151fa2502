using Airliner.Tasks.Grains.Workers;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

public sealed class WorkerSlotsTests
{
    private static readonly DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _later = _now.AddSeconds(10);

    private readonly WorkerSlots _slots = new();
    private long _task;

    /// <summary>Gives out tasks while there is room, and tells to whom.</summary>
    private string GiveAll()
    {
        var given = "";
        while (_slots.Next(_now) is { } worker)
        {
            _slots.Hold(++_task, worker);
            given += worker;
        }

        return given;
    }

    [Fact]
    public void Workers_take_turns_and_none_gets_more_than_it_can_take()
    {
        _slots.Set("a", 3, _later);
        _slots.Set("b", 1, _later);
        Assert.Equal("abaa", GiveAll());
    }

    [Fact]
    public void A_task_that_ends_makes_room_for_one()
    {
        _slots.Set("a", 2, _later);
        GiveAll();
        _slots.Release(1);
        _slots.Release(1);
        Assert.Equal("a", GiveAll());
    }

    [Fact]
    public void An_offer_that_comes_again_changes_nothing_and_a_smaller_one_is_kept_to()
    {
        _slots.Set("a", 2, _later);
        GiveAll();
        _slots.Set("a", 2, _later);
        Assert.Equal("", GiveAll());
        _slots.Set("a", 1, _later);
        _slots.Release(1);
        Assert.Equal("", GiveAll());
        _slots.Release(2);
        Assert.Equal("a", GiveAll());
    }

    [Fact]
    public void What_a_worker_is_found_to_run_counts_before_and_after_its_offer()
    {
        _slots.Hold(100, "a");
        _slots.Set("a", 2, _later);
        Assert.Equal("a", GiveAll());
        _slots.Hold(100, "b");
        Assert.Equal("a", GiveAll());
    }

    [Fact]
    public void A_worker_that_offers_nothing_or_has_not_repeated_its_offer_gets_nothing()
    {
        _slots.Set("a", 2, _now);
        _slots.Set("b", 2, _later);
        _slots.Set("b", 0, _later);
        Assert.Equal("", GiveAll());
        _slots.Set("a", 1, _later);
        Assert.Equal("a", GiveAll());
    }
}
