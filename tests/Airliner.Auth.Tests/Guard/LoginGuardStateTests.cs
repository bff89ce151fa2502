using Airliner.Auth.Grains;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Events;
using Xunit;

namespace Airliner.Auth.Tests.Guard;

/// <summary>When the guard holds back, on a clock of the test's own.</summary>
public sealed class LoginGuardStateTests
{
    private const long User = 1000;

    private DateTimeOffset _now = new(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private LoginGuardState _guard = new();

    [Fact]
    public void Four_failures_are_let_through_and_the_fifth_holds_the_pair_back()
    {
        for (var failures = 0; failures < 5; failures++)
        {
            Assert.Equal(GuardDecision.Admit, Judge("home").Decision);
            Fail("home");
        }

        Assert.Equal(new GuardVerdict(GuardDecision.HoldBack, TimeSpan.FromSeconds(30)), Judge("home"));
        Assert.Equal(GuardDecision.Admit, Judge("elsewhere").Decision);
    }

    [Fact]
    public void Each_further_failure_doubles_the_time_up_to_a_quarter_of_an_hour()
    {
        Fail("home", times: 5);

        var holds = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            var verdict = Judge("home");
            holds.Add(verdict.RetryAfter.TotalSeconds);
            _now += verdict.RetryAfter - TimeSpan.FromTicks(10);
            Assert.Equal(GuardDecision.HoldBack, Judge("home").Decision);
            _now += TimeSpan.FromTicks(10);
            Assert.Equal(GuardDecision.Admit, Judge("home").Decision);
            Fail("home");
        }

        Assert.Equal([30, 60, 120, 240, 480, 900, 900, 900], holds);
    }

    [Fact]
    public void A_clock_that_was_ahead_holds_nobody_back_for_longer_than_the_longest_hold()
    {
        _now += TimeSpan.FromDays(1);
        Fail("home", times: 5);

        _now -= TimeSpan.FromDays(1);

        Assert.Equal(GuardDecision.Admit, Judge("home").Decision);
        Fail("home");
        Assert.Equal(new GuardVerdict(GuardDecision.HoldBack, TimeSpan.FromSeconds(60)), Judge("home"));
    }

    [Fact]
    public void Attempts_under_way_take_the_places_of_failures()
    {
        Assert.Equal(GuardDecision.Admit, Judge("home", underWay: 4).Decision);
        Assert.Equal(GuardDecision.Wait, Judge("home", underWay: 5).Decision);
        Fail("home", times: 2);
        Assert.Equal(GuardDecision.Admit, Judge("home", underWay: 2).Decision);
        Assert.Equal(GuardDecision.Wait, Judge("home", underWay: 3).Decision);
        Assert.Equal(GuardDecision.Wait, Judge("elsewhere", strangersUnderWay: 18).Decision);
    }

    [Fact]
    public void After_a_hold_one_attempt_at_once_is_let_through()
    {
        Fail("home", times: 5);
        _now += TimeSpan.FromSeconds(30);

        Assert.Equal(GuardDecision.Admit, Judge("home").Decision);
        Assert.Equal(GuardDecision.Wait, Judge("home", underWay: 1).Decision);
    }

    [Fact]
    public void A_success_resets_the_failures_of_its_pair_alone()
    {
        Fail("home", times: 4);
        Fail("elsewhere", times: 4);
        Succeed("home");

        Fail("home", times: 4);
        Fail("elsewhere");

        Assert.Equal(GuardDecision.Admit, Judge("home").Decision);
        Assert.Equal(GuardDecision.HoldBack, Judge("elsewhere").Decision);
    }

    [Fact]
    public void A_pairs_failures_are_forgotten_an_hour_after_the_last()
    {
        Fail("home", times: 4);
        _now += LoginGuardLimits.PairForgottenAfter - TimeSpan.FromSeconds(1);
        Fail("home");
        Assert.Equal(GuardDecision.HoldBack, Judge("home").Decision);

        _now += LoginGuardLimits.PairForgottenAfter;

        Assert.Equal(GuardDecision.Admit, Judge("home", underWay: 4).Decision);
    }

    [Fact]
    public void Twenty_failures_from_strange_addresses_hold_back_strangers_and_not_who_was_here_before()
    {
        Succeed("home");
        for (var stranger = 0; stranger < 5; stranger++)
            Fail($"stranger {stranger}", times: 4);

        Assert.Equal(new GuardVerdict(GuardDecision.HoldBack, TimeSpan.FromSeconds(30)), Judge("another"));
        Assert.Equal(GuardDecision.HoldBack, Judge("stranger 1").Decision);
        Assert.Equal(GuardDecision.Admit, Judge("home").Decision);

        _now += TimeSpan.FromSeconds(30);
        Assert.Equal(GuardDecision.Admit, Judge("another").Decision);
        Assert.Equal(GuardDecision.Wait, Judge("another", strangersUnderWay: 1).Decision);
        Fail("another");
        Assert.Equal(new GuardVerdict(GuardDecision.HoldBack, TimeSpan.FromSeconds(60)), Judge("stranger 1"));
    }

    [Fact]
    public void Who_succeeds_was_no_stranger_and_his_failures_are_not_strangers()
    {
        for (var stranger = 0; stranger < 4; stranger++)
            Fail($"stranger {stranger}", times: 4);
        Fail("new phone", times: 3);
        Succeed("new phone");

        Fail("another", times: 3);
        Assert.Equal(GuardDecision.Admit, Judge("yet another").Decision);
        Fail("another");
        Assert.Equal(GuardDecision.HoldBack, Judge("yet another").Decision);
    }

    [Fact]
    public void Failures_at_an_address_that_succeeded_are_not_strangers()
    {
        Succeed("home");
        Fail("home", times: 30);

        Assert.Equal(GuardDecision.HoldBack, Judge("home").Decision);
        Assert.Equal(GuardDecision.Admit, Judge("elsewhere").Decision);
    }

    [Fact]
    public void Events_tell_of_every_failure_and_once_of_being_held_back()
    {
        Fail("home", times: 7);

        Assert.Equal(Enumerable.Repeat("login_failed", 5).Append("account_locked").Concat(Enumerable.Repeat("login_failed", 2)), _guard.Raised.Select(raised => raised.EventType));
        var locked = _guard.Raised.OfType<AccountLocked>().Single();
        Assert.Equal((User, LockScopes.Address, _now + TimeSpan.FromSeconds(30)), (locked.UserId, locked.Scope, locked.LockedUntil));
        Assert.Equal(Topics.Auth, locked.Topic);

        for (var stranger = 0; stranger < 4; stranger++)
            Fail($"stranger {stranger}", times: 4);
        Assert.Equal([LockScopes.Address, LockScopes.UnknownAddresses], _guard.Raised.OfType<AccountLocked>().Select(raised => raised.Scope));
    }

    [Fact]
    public void A_name_that_nobody_has_raises_nothing_and_is_judged_alike()
    {
        var unknown = new LoginGuardState();
        for (var i = 0; i < 40; i++)
        {
            var source = $"source {i / 6}";
            Assert.Equal(_guard.Judge(source, 0, 0, _now), unknown.Judge(source, 0, 0, _now));
            _guard = _guard.Failed(User, source, _now);
            unknown = unknown.Failed(null, source, _now);
        }

        Assert.NotEmpty(_guard.Raised);
        Assert.Empty(unknown.Raised);
    }

    [Fact]
    public void A_login_from_where_one_was_today_writes_nothing()
    {
        Succeed("home");

        _now += TimeSpan.FromHours(23);
        Assert.Null(_guard.Succeeded("home", _now));
        _now += TimeSpan.FromHours(1);
        Assert.NotNull(_guard.Succeeded("home", _now));
        Fail("home");
        Assert.NotNull(_guard.Succeeded("home", _now));
    }

    [Fact]
    public void What_expires_goes_and_what_stays_is_bounded()
    {
        Fail("home");
        Assert.Equal(_now + LoginGuardLimits.StrangersForgottenAfter, _guard.ExpiresAt);
        Succeed("phone");
        Assert.Equal(_now + LoginGuardLimits.SuccessForgottenAfter, _guard.ExpiresAt);

        _now += LoginGuardLimits.PairForgottenAfter;
        Succeed("office");
        Assert.Equal(["office", "phone"], _guard.Sources.Select(source => source.Source));

        for (var i = 0; i < 150; i++)
        {
            _now += TimeSpan.FromSeconds(1);
            Succeed($"address {i}");
        }

        Assert.Equal(LoginGuardState.MostSources, _guard.Sources.Count);
        Assert.Equal("address 149", _guard.Sources[0].Source);
        _now += LoginGuardLimits.SuccessForgottenAfter;
        Assert.False(_guard.Of("address 149", _now).IsKnown);
    }

    private GuardVerdict Judge(string source, int underWay = 0, int strangersUnderWay = 0) =>
        _guard.Judge(source, underWay, Math.Max(underWay, strangersUnderWay), _now);

    private void Fail(string source, int times = 1)
    {
        for (var i = 0; i < times; i++)
            _guard = _guard.Failed(User, source, _now);
    }

    private void Succeed(string source) => _guard = _guard.Succeeded(source, _now) ?? _guard;
}
