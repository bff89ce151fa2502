using Airliner.Auth.Grains;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Users;
using Xunit;

namespace Airliner.Auth.Tests;

/// <summary>What a login or a refresh does when the user changes between the check and the session, which is held open here for as long as it takes.</summary>
public sealed class StaleChecksTests
{
    private static readonly DateTimeOffset _first = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly LoginCommand _login = new(null, "ada", "correct horse", "127.0.0.1", "test", WithRefresh: true);
    private static readonly IssuedTokens _tokens = new("access", 900, "refresh");
    private static readonly RefreshCommand _refresh = new("command-1", $"1000.{new string('A', 22)}.{new string('A', 43)}", "127.0.0.1", "test");

    private int _checks;

    [Fact]
    public async Task A_password_that_was_changed_after_it_was_checked_is_checked_again_and_refused()
    {
        var credentials = Credentials(_ => _checks == 1 ? Valid(_first) : new(CredentialOutcome.Invalid));

        var result = await new LoginGrain(StandIn.Factory(credentials, Sessions(_ => null))).Login(_login);

        Assert.Equal((LoginOutcome.InvalidCredentials, 2), (result.Outcome, _checks));
        Assert.Null(result.Tokens);
    }

    [Fact]
    public async Task A_user_whose_roles_were_taken_after_the_check_gets_a_session_with_those_that_are_left()
    {
        var credentials = Credentials(_ => _checks == 1 ? Valid(_first, "user", "admin") : Valid(_first.AddSeconds(1), "user"));
        IReadOnlyList<string>? opened = null;
        var sessions = Sessions(command =>
        {
            if (command.UserAsOf == _first)
                return null;
            opened = command.Roles;
            return _tokens;
        });

        var result = await new LoginGrain(StandIn.Factory(credentials, sessions)).Login(_login);

        Assert.Equal((LoginOutcome.LoggedIn, _tokens), (result.Outcome, result.Tokens));
        Assert.Equal(["user"], opened);
    }

    [Fact]
    public async Task A_user_who_changes_without_end_is_told_to_come_back()
    {
        var credentials = Credentials(_ => Valid(_first));

        var result = await new LoginGrain(StandIn.Factory(credentials, Sessions(_ => null))).Login(_login);

        Assert.Equal((LoginOutcome.Busy, 3), (result.Outcome, _checks));
    }

    [Fact]
    public async Task A_refresh_reads_the_user_again_where_it_was_out_of_date_and_gives_up_in_time()
    {
        var view = new UserView(1000, "ada", "ada@example.com", true, "Ada", "Byron", null, ["user"], UserStatus.Active, _first, _first);
        var users = StandIn.Of<IUserGrain>((_, _) => Task.FromResult<UserView?>(view with { UpdatedAt = _first.AddSeconds(_checks++) }));
        IUserSessionsGrain Refreshes(Func<RefreshSession, bool> isStale) => StandIn.Of<IUserSessionsGrain>((method, arguments) => method.Name switch
        {
            nameof(IUserSessionsGrain.Find) => Task.FromResult<RefreshTokenView?>(new(1000, IsSpent: false, new("s_1", _first, _first, _first.AddDays(30), "127.0.0.1", "test"))),
            _ => Task.FromResult(isStale((RefreshSession)arguments[0]!) ? new RefreshResult(RefreshOutcome.Stale) : new(RefreshOutcome.Refreshed, _tokens)),
        });

        var once = await new RefreshGrain(StandIn.Factory(users, Refreshes(command => command.UserAsOf == _first))).Refresh(_refresh);
        Assert.Equal((RefreshOutcome.Refreshed, 2), (once.Outcome, _checks));

        var always = await new RefreshGrain(StandIn.Factory(users, Refreshes(_ => true))).Refresh(_refresh);
        Assert.Equal((RefreshOutcome.Stale, 5), (always.Outcome, _checks));
    }

    private static CredentialCheck Valid(DateTimeOffset userAsOf, params string[] roles) => new(CredentialOutcome.Valid, 1000, "ada", roles, UserAsOf: userAsOf);

    private ICredentialsGrain Credentials(Func<CredentialQuery, CredentialCheck> check) => StandIn.Of<ICredentialsGrain>((_, arguments) =>
    {
        _checks++;
        return Task.FromResult(check((CredentialQuery)arguments[0]!));
    });

    private static IUserSessionsGrain Sessions(Func<OpenSession, IssuedTokens?> open) =>
        StandIn.Of<IUserSessionsGrain>((_, arguments) => Task.FromResult(open((OpenSession)arguments[0]!)));
}
