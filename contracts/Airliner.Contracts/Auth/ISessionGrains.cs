using Orleans.Concurrency;

namespace Airliner.Contracts.Auth;

/// <summary>
/// One user's sessions. Key: the user's id. The refresh tokens of a session are a family, of which each is good once (RFC 9700 §4.14.2).
/// </summary>
[Alias("airliner.IUserSessionsGrain")]
public interface IUserSessionsGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Opens a session for credentials that were checked, and issues its first tokens. Null where the user has changed since they were checked, in a way that ends
    /// sessions (<see cref="EndAll"/>): they must be checked again.
    /// </summary>
    [Alias("Open")]
    Task<IssuedTokens?> Open(OpenSession command);

    /// <summary>The token, if it is one of a session that goes on; one that is spent is, too. Else null.</summary>
    [ReadOnly]
    [Alias("Find")]
    Task<RefreshTokenView?> Find(string refreshToken);

    /// <summary>
    /// Spends a refresh token, and issues the session's next tokens. The token before the current one answers the current one again for ten seconds; any other
    /// use of a spent token ends the session.
    /// </summary>
    [Alias("Refresh")]
    Task<RefreshResult> Refresh(RefreshSession command);

    /// <summary>The sessions that go on, newest first.</summary>
    [ReadOnly]
    [Alias("List")]
    Task<IReadOnlyList<SessionView>> List();

    /// <summary>Ends one session; false where there is none of that id.</summary>
    [Alias("End")]
    Task<bool> End(EndSession command);

    /// <summary>Ends the sessions that an epoch ends, or all. Ending none is fine, so that it can be repeated.</summary>
    /// <param name="reason">One of <see cref="SessionEnds"/>.</param>
    /// <param name="epoch">
    /// The change that ends them: the user's <c>updatedAt</c> after it, which is also the timestamp of its event. Sessions for which credentials were checked
    /// against an earlier state of the user end, also those that are still to be opened (<see cref="OpenSession.UserAsOf"/>); later ones go on. Null ends all that
    /// are open, and none later.
    /// </param>
    [Alias("EndAll")]
    Task EndAll(string reason, DateTimeOffset? epoch);

    /// <summary>Ends all sessions and forgets what is known of those before. It can be repeated.</summary>
    [Alias("Erase")]
    Task Erase();
}

/// <summary>Takes refresh tokens, and gives tokens for them. Any key.</summary>
[Alias("airliner.IRefreshGrain")]
public interface IRefreshGrain : IGrainWithIntegerKey
{
    /// <summary>Asks the user silo who the token's user is now, and refreshes the session.</summary>
    [Alias("Refresh")]
    Task<RefreshResult> Refresh(RefreshCommand command);

    /// <summary>What a refresh token is, whoever's; null where its session has ended, or where it is none.</summary>
    [Alias("Find")]
    Task<RefreshTokenView?> Find(string refreshToken);

    /// <summary>Ends the session of a refresh token, spent or not (RFC 7009). One that is none, or whose session has ended, needs nothing.</summary>
    [Alias("Revoke")]
    Task Revoke(RevokeRefreshToken command);
}
