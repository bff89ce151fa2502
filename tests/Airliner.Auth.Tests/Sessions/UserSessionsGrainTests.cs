using Airliner.Contracts.Auth;
using Airliner.Contracts.Events;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Auth.Tests.Sessions;

/// <summary>What other grains and repeated calls find, on a real silo and database.</summary>
public sealed class UserSessionsGrainTests(RunningSystem system)
{
    private static long _lastUser = 5_000_000_000;

    private readonly long _userId = Interlocked.Increment(ref _lastUser);

    private IUserSessionsGrain Sessions => system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>(_userId);

    [Fact]
    public async Task Ending_all_spares_those_of_after_the_change_and_raises_an_event_for_each()
    {
        var (first, second, kept) = (await OpenAsync(), await OpenAsync(), await OpenAsync());
        var change = (await Sessions.List())[0].CreatedAt;

        await Sessions.EndAll(SessionEnds.PasswordChanged, change);
        await Sessions.EndAll(SessionEnds.PasswordChanged, change);

        Assert.Equal(kept, Assert.Single(await Sessions.List()).SessionId);
        Assert.Equal([(first, "password_changed"), (second, "password_changed")], await RevokedAsync());
    }

    [Fact]
    public async Task Ending_all_at_once_from_many_callers_raises_each_event_once()
    {
        string[] sessions = [await OpenAsync(), await OpenAsync()];

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Sessions.EndAll(SessionEnds.UserDisabled)));

        Assert.Empty(await Sessions.List());
        Assert.Equal(sessions.Select(session => (session, "user_disabled")), await RevokedAsync());
    }

    [Fact]
    public async Task Ending_the_sessions_of_a_user_who_has_none_is_fine()
    {
        await Sessions.EndAll(SessionEnds.UserDeleted);

        Assert.Empty(await Sessions.List());
    }

    [Fact]
    public async Task An_erasure_leaves_nothing_of_sessions_and_can_be_repeated()
    {
        var session = await OpenAsync();

        await Sessions.Erase();
        await Sessions.Erase();

        Assert.Empty(await Sessions.List());
        Assert.Equal([(session, "user_deleted")], await RevokedAsync());
    }

    [Fact]
    public async Task A_repeat_of_the_command_that_ended_a_session_is_answered_like_the_first()
    {
        var session = await OpenAsync();

        Assert.True(await Sessions.End(new EndSession("command-1", session, SessionEnds.Ended)));
        Assert.True(await Sessions.End(new EndSession("command-1", session, SessionEnds.Ended)));
        Assert.False(await Sessions.End(new EndSession("command-2", session, SessionEnds.Ended)));

        Assert.Equal([(session, "ended")], await RevokedAsync());
    }

    [Fact]
    public async Task Sessions_are_bounded_and_one_too_many_ends_one()
    {
        var sessions = new List<string>();
        for (var i = 0; i < 101; i++)
            sessions.Add(await OpenAsync());

        Assert.Equal(sessions.Skip(1).Reverse(), (await Sessions.List()).Select(session => session.SessionId));
        // The second goes for the one that is opened to see the events.
        Assert.Equal([(sessions[0], "too_many_sessions"), (sessions[1], "too_many_sessions")], await RevokedAsync());
    }

    [Fact]
    public async Task A_refresh_and_the_end_of_all_sessions_at_once_leave_no_token_that_works()
    {
        for (var round = 0; round < 20; round++)
        {
            var token = (await Sessions.Open(Opening)).RefreshToken!;

            var refreshes = Enumerable.Range(0, 4).Select(_ => RefreshAsync(token)).ToArray();
            await Sessions.EndAll(SessionEnds.UserDisabled);

            var successors = (await Task.WhenAll(refreshes)).Select(result => result.Tokens?.RefreshToken).OfType<string>();
            foreach (var successor in successors.Append(token))
                Assert.Equal(RefreshOutcome.Invalid, (await RefreshAsync(successor)).Outcome);
        }
    }

    private static OpenSession Opening => new("ada", ["user"], "127.0.0.1", "test", WithRefresh: true);

    private async Task<string> OpenAsync() => (string)Jwt.Payload((await Sessions.Open(Opening)).AccessToken)["sid"]!;

    private Task<RefreshResult> RefreshAsync(string token) =>
        Sessions.Refresh(new RefreshSession(new RefreshCommand($"{Guid.NewGuid():n}", token, "127.0.0.1", "test"), "ada", ["user"]));

    /// <summary>The sessions of this user that were revoked, and why, up to now.</summary>
    private async Task<IReadOnlyList<(string Session, string Reason)>> RevokedAsync()
    {
        var later = await OpenAsync();
        var events = await system.ReadTopicAsync(Topics.Auth, read => read.Any(raised => raised.Value.ToString().Contains(later, StringComparison.Ordinal)));
        return
        [
            .. events.Where(raised => raised.Key == $"{_userId}" && raised.Value.GetProperty("eventType").GetString() == "session_revoked")
                .Select(raised => (raised.Value.GetProperty("sessionId").GetString()!, raised.Value.GetProperty("reason").GetString()!)),
        ];
    }
}
