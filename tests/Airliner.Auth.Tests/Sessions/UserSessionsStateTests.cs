using Airliner.Auth.Grains;
using Airliner.Contracts.Auth;
using Xunit;

namespace Airliner.Auth.Tests.Sessions;

public sealed class UserSessionsStateTests
{
    private static readonly DateTimeOffset _now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_session_too_many_ends_the_one_that_would_expire_first()
    {
        var state = Opened(mostSessions: 2, ("long", 30), ("short", 1), ("new", 1));

        Assert.Equal(["long", "new"], state.Sessions.Select(session => session.SessionId));
        var revoked = Assert.Single(state.Raised.OfType<SessionRevoked>());
        Assert.Equal(("short", "too_many_sessions"), (revoked.SessionId, revoked.Reason));
    }

    [Fact]
    public void A_session_that_has_expired_goes_without_an_event_when_another_is_opened()
    {
        var state = Opened(mostSessions: 2, ("expired", 0), ("live", 1), ("new", 1));

        Assert.Equal(["live", "new"], state.Sessions.Select(session => session.SessionId));
        Assert.Empty(state.Raised.OfType<SessionRevoked>());
        Assert.Equal(3, state.Raised.OfType<UserLoggedIn>().Count());
    }

    [Fact]
    public void A_lower_bound_ends_all_that_are_above_it()
    {
        var state = Opened(mostSessions: 100, ("a", 1), ("b", 3), ("c", 2), ("d", 4));

        state = state.Opened(1000, Session("new", 1), mostSessions: 2);

        Assert.Equal(["d", "new"], state.Sessions.Select(session => session.SessionId));
        Assert.Equal(["a", "c", "b"], state.Raised.OfType<SessionRevoked>().Select(revoked => revoked.SessionId));
    }

    [Fact]
    public void Ending_sessions_raises_one_event_for_each_that_was_live()
    {
        var state = Opened(mostSessions: 100, ("a", 1), ("b", 1), ("kept", 1)) with { Raised = [] };

        state = state.Ended(1000, state.Sessions.Where(session => session.SessionId != "kept"), SessionEnds.PasswordChanged, _now);

        Assert.Equal("kept", Assert.Single(state.Sessions).SessionId);
        Assert.Equal([("a", "password_changed"), ("b", "password_changed")], state.Raised.Cast<SessionRevoked>().Select(revoked => (revoked.SessionId, revoked.Reason)));
    }

    [Fact]
    public void The_commands_that_are_remembered_are_bounded()
    {
        var state = Enumerable.Range(0, 150).Aggregate(new UserSessionsState(), (before, i) => before.Committed($"command-{i}", _now));

        Assert.Equal(100, state.Commands.Count);
        Assert.True(state.HasCommitted("command-149"));
        Assert.False(state.HasCommitted("command-49"));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(201, 1, 1)]
    [InlineData(100, 0, 1)]
    [InlineData(100, 1, 0)]
    public void Settings_that_would_let_nobody_in_are_start_errors(int most, int idleDays, int longestDays)
    {
        var limits = new SessionLimits { MostPerUser = most, IdleLifetime = TimeSpan.FromDays(idleDays), LongestLifetime = TimeSpan.FromDays(longestDays) };

        Assert.Throws<InvalidOperationException>(limits.Checked);
    }

    private static UserSessionsState Opened(int mostSessions, params (string Id, int Days)[] sessions) => sessions.Aggregate(
        new UserSessionsState(), (state, session) => state.Opened(1000, Session(session.Id, session.Days), mostSessions));

    private static Session Session(string id, int days) => new(id, "127.0.0.1", "test", _now, _now.AddDays(days));
}
