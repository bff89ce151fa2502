using Airliner.Auth.Grains;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Events;
using Xunit;

namespace Airliner.Auth.Tests.Sessions;

/// <summary>The rules of refresh tokens, without a silo and with times of the test's own.</summary>
public sealed class RefreshFamilyTests
{
    private const long UserId = 1000;

    private static readonly SessionLimits _limits = new() { IdleLifetime = TimeSpan.FromDays(30), LongestLifetime = TimeSpan.FromDays(90) };
    private static readonly DateTimeOffset _start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly RefreshToken _first = RefreshToken.New(UserId);
    private UserSessionsState _state;
    private DateTimeOffset _now = _start;
    private int _commands;

    public RefreshFamilyTests() => _state = new UserSessionsState().Opened(UserId, NewSession("s_1", _first), 100) with { Raised = [] };

    [Fact]
    public void A_token_is_spent_for_another_that_can_be_spent_in_turn()
    {
        var second = Refreshed(_first);
        var third = Refreshed(second);

        Assert.Equal(3, new[] { _first, second, third }.Select(token => token.Text).Distinct().Count());
        Assert.Equal("s_1", Assert.Single(_state.Sessions).SessionId);
        Assert.Empty(_state.Raised);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void A_spent_token_answers_the_very_same_successor_for_ten_seconds_and_changes_nothing(int seconds)
    {
        var successor = Refreshed(_first);
        var after = _state;

        _now += TimeSpan.FromSeconds(seconds);

        Assert.Equal(successor, Refreshed(_first));
        Assert.Same(after, _state);
        Refreshed(successor);
    }

    [Fact]
    public void A_spent_token_that_comes_later_ends_the_session()
    {
        var successor = Refreshed(_first);

        _now += TimeSpan.FromSeconds(10.001);

        Assert.Equal(RefreshOutcome.Reused, Present(_first).Outcome);
        AssertEndedByReuse();
        Assert.Equal(RefreshOutcome.Invalid, Present(successor).Outcome);
    }

    [Fact]
    public void A_spent_token_whose_successor_was_used_ends_the_session_at_once()
    {
        Refreshed(Refreshed(_first));

        Assert.Equal(RefreshOutcome.Reused, Present(_first).Outcome);
        AssertEndedByReuse();
    }

    [Fact]
    public void A_token_that_was_spent_long_ago_ends_the_session()
    {
        var newest = _first;
        for (var i = 0; i < 50; i++)
        {
            newest = Refreshed(newest);
            _now += TimeSpan.FromMinutes(15);
        }

        Assert.Equal(RefreshOutcome.Reused, Present(_first).Outcome);
        AssertEndedByReuse();
    }

    [Fact]
    public void A_token_that_a_restored_family_does_not_know_is_refused_and_ends_nothing_until_the_family_s_own_is_used()
    {
        var lost = _first.Successor(RefreshToken.NewNonce());
        var session = _state.Sessions[0];
        _state = _state with { Sessions = [session with { Family = session.Family! with { WasRestored = true } }] };
        var restored = _state;

        Assert.Equal(RefreshOutcome.Invalid, Present(lost).Outcome);
        Assert.Same(restored, _state);
        Refreshed(_first);
        Assert.Equal(RefreshOutcome.Reused, Present(lost).Outcome);
    }

    [Fact]
    public void Only_the_family_of_the_reused_token_ends()
    {
        var other = RefreshToken.New(UserId);
        _state = _state.Opened(UserId, NewSession("s_2", other), 100) with { Raised = [] };
        Refreshed(Refreshed(_first));

        Present(_first);

        Assert.Equal("s_2", Assert.Single(_state.Sessions).SessionId);
        Refreshed(other);
    }

    [Fact]
    public void A_token_that_was_made_up_ends_nothing()
    {
        RefreshToken[] forged = [RefreshToken.New(UserId), RefreshToken.New(UserId) with { Secret = _first.Secret }];

        Assert.All(forged, token => Assert.Equal(RefreshOutcome.Invalid, Present(token).Outcome));

        Refreshed(_first);
    }

    [Fact]
    public void A_repeat_of_the_command_that_spent_the_token_is_answered_however_late_it_comes()
    {
        var successor = Refreshed(_first, "command-1");

        _now += TimeSpan.FromSeconds(30);

        Assert.Equal(successor, Refreshed(_first, "command-1"));
    }

    [Fact]
    public void A_repeat_of_a_command_that_comes_after_the_successors_use_is_refused_and_ends_nothing()
    {
        var second = Refreshed(_first, "command-1");
        var third = Refreshed(second, "command-2");

        Assert.Equal(RefreshOutcome.Invalid, Present(_first, "command-1").Outcome);

        Assert.Empty(_state.Raised);
        Refreshed(third);
    }

    [Fact]
    public void Commands_are_forgotten_after_a_minute()
    {
        var second = Refreshed(_first, "command-1");
        _now += TimeSpan.FromMinutes(2);
        Refreshed(second, "command-2");

        Assert.Equal("command-2", Assert.Single(_state.Commands).CommandId);
        Assert.Equal(RefreshOutcome.Reused, Present(_first, "command-1").Outcome);
    }

    [Fact]
    public void A_session_lasts_thirty_days_from_its_last_refresh_and_ninety_in_all()
    {
        var token = _first;
        for (var day = 0; day < 80; day += 20)
        {
            Assert.Equal(day < 60 ? _now.AddDays(30) : _start.AddDays(90), _state.Sessions[0].ExpiresAt);
            _now = _start.AddDays(day + 20);
            token = Refreshed(token);
        }

        _now = _start.AddDays(90);

        Assert.Equal(RefreshOutcome.Invalid, Present(token).Outcome);
    }

    [Fact]
    public void What_is_stored_is_not_what_the_token_is_made_of()
    {
        var second = Refreshed(_first);
        var stored = System.Text.Json.JsonSerializer.Serialize(_state.Sessions, Contracts.AirlinerJson.Options);

        Assert.All(
            new[] { _first.Family, _first.Secret, second.Secret },
            part => Assert.DoesNotContain(part, stored, StringComparison.Ordinal));
        // The stored nonce makes the successor of the spent token and of no other.
        var nonce = _state.Sessions[0].Family!.Nonce!;
        Assert.Equal(second, _first.Successor(nonce));
        Assert.NotEqual(second.Secret, RefreshToken.New(UserId).Successor(nonce).Secret);
    }

    [Fact]
    public void A_token_is_read_as_it_was_written_and_nothing_else_is()
    {
        Assert.Equal(_first, RefreshToken.Parse(_first.Text));
        Assert.All(
            new[] { "", ".", "..", _first.Text + "x", _first.Text[..^1], "x" + _first.Text, "-" + _first.Text, _first.Text + ".", $"1000.{_first.Secret}.{_first.Family}" },
            text => Assert.Null(RefreshToken.Parse(text)));
    }

    private Session NewSession(string id, RefreshToken token) =>
        new(id, "127.0.0.1", "test", _now, _limits.ExpiryOf(_now, _now), Family: RefreshFamily.Of(token));

    private RefreshToken Refreshed(RefreshToken token, string? commandId = null)
    {
        var step = Present(token, commandId);
        Assert.Equal(RefreshOutcome.Refreshed, step.Outcome);
        return step.Successor!;
    }

    private RefreshStep Present(RefreshToken token, string? commandId = null)
    {
        var step = _state.Refresh(UserId, token, new RefreshCommand(commandId ?? $"random-{_commands++}", token.Text, "127.0.0.1", "test"), _limits, _now);
        _state = step.Next;
        return step;
    }

    private void AssertEndedByReuse()
    {
        Assert.Empty(_state.Sessions);
        Assert.Equal(
            [new RefreshTokenReused(UserId, "s_1") { Timestamp = _now }, new SessionRevoked(UserId, "s_1", "refresh_token_reused") { Timestamp = _now }],
            _state.Raised.AsEnumerable<DomainEvent>());
    }
}
