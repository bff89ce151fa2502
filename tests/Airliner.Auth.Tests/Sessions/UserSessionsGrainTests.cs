using Airliner.Contracts.Auth;
using Airliner.Contracts.Events;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Core.Internal;
using Xunit;

namespace Airliner.Auth.Tests.Sessions;

/// <summary>What other grains and repeated calls find, on a real silo and database.</summary>
public sealed class UserSessionsGrainTests(RunningSystem system)
{
    private static readonly DateTimeOffset _before = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _change = _before.AddMicroseconds(1);
    private static long _lastUser = 5_000_000_000;

    private readonly long _userId = Interlocked.Increment(ref _lastUser);

    private IUserSessionsGrain Sessions => system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>(_userId);

    [Fact]
    public async Task An_epoch_ends_what_was_checked_before_it_and_raises_an_event_for_each()
    {
        var (first, kept, third) = (await OpenAsync(_before), await OpenAsync(_change), await OpenAsync(_before));

        await Sessions.EndAll(SessionEnds.PasswordChanged, _change);
        await Sessions.EndAll(SessionEnds.PasswordChanged, _change);

        Assert.Equal(kept, Assert.Single(await Sessions.List()).SessionId);
        Assert.Equal([(first, "password_changed"), (third, "password_changed")], await RevokedAsync());
    }

    [Fact]
    public async Task What_was_checked_before_an_epoch_opens_nothing_after_it_even_in_another_activation()
    {
        await Sessions.EndAll(SessionEnds.PasswordChanged, _change);

        Assert.Null(await Sessions.Open(Opening with { UserAsOf = _before }));
        await Sessions.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        Assert.Null(await Sessions.Open(Opening with { UserAsOf = _before }));

        Assert.Empty(await Sessions.List());
        Assert.NotNull(await Sessions.Open(Opening with { UserAsOf = _change }));
    }

    [Fact]
    public async Task An_epoch_that_comes_late_does_not_take_back_a_later_one()
    {
        await Sessions.EndAll(SessionEnds.PasswordChanged, _change);
        var kept = await OpenAsync(_change);

        await Sessions.EndAll(SessionEnds.RolesChanged, _before);

        Assert.Equal(kept, Assert.Single(await Sessions.List()).SessionId);
        Assert.Null(await Sessions.Open(Opening with { UserAsOf = _before }));
    }

    [Fact]
    public async Task Who_the_user_was_before_an_epoch_refreshes_nothing_and_spends_nothing()
    {
        await Sessions.EndAll(SessionEnds.RolesChanged, _change);
        var token = (await Sessions.Open(Opening with { UserAsOf = _change }))!.RefreshToken!;

        Assert.Equal(RefreshOutcome.Stale, (await RefreshAsync(token, _before)).Outcome);
        Assert.False((await Sessions.Find(token))!.IsSpent);
        Assert.Equal(RefreshOutcome.Refreshed, (await RefreshAsync(token, _change)).Outcome);
    }

    [Fact]
    public async Task Ending_all_without_an_epoch_leaves_the_way_in_open()
    {
        await OpenAsync();

        await Sessions.EndAll(SessionEnds.Ended, epoch: null);

        Assert.Empty(await Sessions.List());
        Assert.NotNull(await Sessions.Open(Opening));
    }

    [Fact]
    public async Task A_token_that_was_made_up_leaves_no_activation_of_a_user_who_has_no_sessions()
    {
        var grains = system.Silo.GetRequiredService<IGrainFactory>();
        var madeUp = $"{_userId}.{new string('A', 22)}.{new string('A', 43)}";

        Assert.Null(await grains.GetGrain<IRefreshGrain>(0).Find(madeUp));

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await grains.GetGrain<IManagementGrain>(0).GetActiveGrains(GrainType.Create("user-sessions"))).Contains(Sessions.GetGrainId()))
            patience.Token.ThrowIfCancellationRequested();
    }

    [Fact]
    public async Task Ending_all_at_once_from_many_callers_raises_each_event_once()
    {
        string[] sessions = [await OpenAsync(), await OpenAsync()];

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Sessions.EndAll(SessionEnds.UserDisabled, epoch: null)));

        Assert.Empty(await Sessions.List());
        Assert.Equal(sessions.Select(session => (session, "user_disabled")), await RevokedAsync());
    }

    [Fact]
    public async Task Ending_the_sessions_of_a_user_who_has_none_is_fine()
    {
        await Sessions.EndAll(SessionEnds.UserDeleted, _change);

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
            var token = (await Sessions.Open(Opening))!.RefreshToken!;

            var refreshes = Enumerable.Range(0, 4).Select(_ => RefreshAsync(token)).ToArray();
            await Sessions.EndAll(SessionEnds.UserDisabled, epoch: null);

            var successors = (await Task.WhenAll(refreshes)).Select(result => result.Tokens?.RefreshToken).OfType<string>();
            foreach (var successor in successors.Append(token))
                Assert.Equal(RefreshOutcome.Invalid, (await RefreshAsync(successor)).Outcome);
        }
    }

    [Fact]
    public async Task An_access_token_ends_with_its_session()
    {
        var token = (await Sessions.Open(Opening))!.RefreshToken!;
        await Sessions.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await using var command = system.Silo.GetRequiredKeyedService<NpgsqlDataSource>("auth").CreateCommand(
            "update user_sessions set sessions = jsonb_set(sessions, '{0,createdAt}', to_jsonb(now() - interval '90 days' + interval '2 minutes')) where id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _userId });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));

        var tokens = (await RefreshAsync(token)).Tokens!;

        var payload = Jwt.Payload(tokens.AccessToken);
        Assert.InRange((long)payload["exp"]! - (long)payload["iat"]!, 60, 120);
        Assert.InRange(tokens.ExpiresIn, 60, 120);
    }

    private static OpenSession Opening => new("ada", ["user"], "127.0.0.1", "test", WithRefresh: true);

    private async Task<string> OpenAsync(DateTimeOffset userAsOf = default) =>
        (string)Jwt.Payload((await Sessions.Open(Opening with { UserAsOf = userAsOf }))!.AccessToken)["sid"]!;

    private Task<RefreshResult> RefreshAsync(string token, DateTimeOffset userAsOf = default) =>
        Sessions.Refresh(new RefreshSession(new RefreshCommand($"{Guid.NewGuid():n}", token, "127.0.0.1", "test"), "ada", ["user"], userAsOf));

    /// <summary>The sessions of this user that were revoked, and why, up to now.</summary>
    private async Task<IReadOnlyList<(string Session, string Reason)>> RevokedAsync()
    {
        var later = await OpenAsync(DateTimeOffset.MaxValue);
        var events = await system.ReadTopicAsync(Topics.Auth, read => read.Any(raised => raised.Value.ToString().Contains(later, StringComparison.Ordinal)));
        return
        [
            .. events.Where(raised => raised.Key == $"{_userId}" && raised.Value.GetProperty("eventType").GetString() == "session_revoked")
                .Select(raised => (raised.Value.GetProperty("sessionId").GetString()!, raised.Value.GetProperty("reason").GetString()!)),
        ];
    }
}
