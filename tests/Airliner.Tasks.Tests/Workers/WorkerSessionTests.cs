using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Workers;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

public sealed class WorkerSessionTests
{
    private static readonly DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly WorkerCapacity _type = new("digest", 3);

    private readonly WorkerSession _session = new(Guid.NewGuid(), [_type], _now);

    private static WorkerLease Lease(long taskId, int attempt = 1) => new(taskId, attempt, "digest", 1001, "{}", _now, _now);

    private static List<long> TasksOf(WorkerNews news) => [.. news.Leases.Select(lease => lease.TaskId)];

    [Fact]
    public void What_was_told_is_told_again_until_the_gateway_has_had_it()
    {
        Assert.True(_session.Give(Lease(1), _now));
        var first = _session.After(0, _now);
        Assert.True(_session.Give(Lease(2), _now));
        Assert.Equal([1, 2], TasksOf(_session.After(0, _now)));
        Assert.Equal([2], TasksOf(_session.After(first.Position, _now)));
        Assert.Equal([2], TasksOf(_session.After(first.Position, _now)));
    }

    [Fact]
    public void Leases_that_are_too_large_for_one_message_are_told_one_after_another()
    {
        var large = new string('x', 64 * 1024);
        for (var taskId = 1; taskId <= 300; taskId++)
            Assert.True(_session.Give(Lease(taskId) with { Parameters = large }, _now));
        var all = new List<long>();

        for (var news = _session.After(0, _now); news.Leases.Count > 0; news = _session.After(news.Position, _now))
        {
            Assert.InRange(news.Leases.Sum(lease => lease.Parameters.Length), 1, 9 << 20);
            all.AddRange(TasksOf(news));
        }

        Assert.Equal(Enumerable.Range(1, 300).Select(id => (long)id), all);
    }

    [Fact]
    public void A_lease_that_is_on_its_way_is_not_put_there_twice()
    {
        Assert.True(_session.Give(Lease(1), _now) && _session.Give(Lease(1), _now) && _session.Give(Lease(1, attempt: 2), _now));
        Assert.Equal([1, 1], TasksOf(_session.After(0, _now)));
    }

    [Fact]
    public void A_cancel_is_told_as_often_as_it_comes()
    {
        _session.Cancel(new(7, 2));
        Assert.Equal([new(7, 2)], _session.After(0, _now).Cancelled);
    }

    [Fact]
    public void Who_waits_for_news_is_woken_by_them_and_by_another_session()
    {
        var lease = _session.News;
        Assert.False(lease.IsCompleted);
        _session.Give(Lease(1), _now);
        Assert.True(lease.IsCompleted && _session.News.IsCompleted);
        var news = _session.After(_session.After(0, _now).Position, _now);
        Assert.Empty(news.Leases);
        var takeover = _session.News;
        Assert.False(takeover.IsCompleted);
        _session.TakeOver();
        Assert.True(takeover.IsCompleted);
        Assert.Equal(SessionStatus.TakenOver, _session.After(news.Position, _now).Status);
    }

    [Fact]
    public void A_session_whose_gateway_is_silent_takes_nothing_until_it_is_heard_again()
    {
        var later = _now.AddSeconds(20);
        Assert.Equal(3, _session.CapacityOf(_type, _now));
        Assert.Equal(0, _session.CapacityOf(_type, later));
        Assert.False(_session.Give(Lease(1), later));
        _session.After(0, later);
        Assert.True(_session.Give(Lease(1), later));
    }

    [Fact]
    public void A_session_that_drains_offers_nothing_and_still_gets_what_is_on_its_way()
    {
        _session.Drain();
        Assert.Equal(0, _session.CapacityOf(_type, _now));
        Assert.True(_session.Give(Lease(1), _now));
        Assert.Equal([1], TasksOf(_session.After(0, _now)));
    }

    [Fact]
    public void What_no_gateway_was_told_of_is_taken_back_and_what_was_told_is_not()
    {
        _session.Give(Lease(1), _now);
        _session.After(0, _now);
        _session.Give(Lease(2), _now);
        Assert.Equal([2], _session.TakeUntold().Select(lease => lease.TaskId));
        Assert.Equal([1], TasksOf(_session.After(0, _now)));
        Assert.True(_session.Give(Lease(2), _now));
        Assert.Equal([1, 2], TasksOf(_session.After(0, _now)));
    }

    [Fact]
    public void A_session_that_ends_leaves_the_leases_that_have_not_reached_it()
    {
        _session.Give(Lease(1), _now);
        var position = _session.After(0, _now).Position;
        _session.Give(Lease(2), _now);
        _session.Cancel(new(1, 1));
        Assert.Equal([2], _session.End(position).Select(lease => lease.TaskId));
        Assert.False(_session.Give(Lease(3), _now));
    }
}
