using Airliner.Contracts.Limits;
using Airliner.Notifications.Grains.Recipients;
using Xunit;

namespace Airliner.Notifications.Tests.Recipients;

public sealed class SendPermitsTests
{
    private static readonly DateTimeOffset _now = new(2026, 6, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly SendPermits _permits = new(new LimitSettings(3, TimeSpan.FromMinutes(30)));

    [Fact]
    public void As_many_as_the_limit_go_at_once_and_each_of_the_others_has_a_time_of_its_own()
    {
        Assert.Equal(
            [null, null, null, _now.AddMinutes(10), _now.AddMinutes(20), _now.AddMinutes(30)],
            Enumerable.Range(1, 6).Select(id => _permits.Take(id, _now, DateTimeOffset.MaxValue)));
    }

    [Fact]
    public void Whoever_comes_back_at_its_time_goes_and_takes_nobody_s_place()
    {
        TakeAll(5);

        Assert.Equal(_now.AddMinutes(10), _permits.Take(4, _now.AddMinutes(9), DateTimeOffset.MaxValue));
        Assert.Null(_permits.Take(4, _now.AddMinutes(10), DateTimeOffset.MaxValue));
        Assert.Equal(_now.AddMinutes(20), _permits.Take(5, _now.AddMinutes(10), DateTimeOffset.MaxValue));
        Assert.Equal(_now.AddMinutes(30), _permits.Take(6, _now.AddMinutes(10), DateTimeOffset.MaxValue));
    }

    [Fact]
    public void It_is_refilled_evenly()
    {
        TakeAll(3);

        Assert.Null(_permits.Take(4, _now.AddMinutes(10), DateTimeOffset.MaxValue));
        Assert.Equal(_now.AddMinutes(20), _permits.Take(5, _now.AddMinutes(10), DateTimeOffset.MaxValue));
        Assert.Equal(_now.AddMinutes(50), _permits.FullAt);
    }

    [Fact]
    public void What_was_kept_and_not_fetched_is_not_saved_up()
    {
        TakeAll(20);

        var morning = _now.AddHours(9);
        Assert.Equal(3, Enumerable.Range(4, 17).Count(id => _permits.Take(id, morning, DateTimeOffset.MaxValue) is null));
    }

    private void TakeAll(int count)
    {
        foreach (var id in Enumerable.Range(1, count))
            _permits.Take(id, _now, DateTimeOffset.MaxValue);
    }

    [Fact]
    public void What_would_come_too_late_takes_no_place_of_those_that_can_wait()
    {
        foreach (var id in Enumerable.Range(1, 3))
            Assert.Null(_permits.Take(id, _now, _now));

        Assert.Equal(_now.AddMinutes(10), _permits.Take(4, _now, latest: _now.AddMinutes(9)));
        Assert.Equal(_now.AddMinutes(10), _permits.Take(5, _now, latest: _now.AddMinutes(10)));
        Assert.Equal(_now.AddMinutes(20), _permits.Take(4, _now, DateTimeOffset.MaxValue));
    }
}
