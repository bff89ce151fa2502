using Orleans.Concurrency;

namespace Airliner.Contracts.Auth;

/// <summary>
/// One user's sessions. Key: the user's id. The refresh tokens of a session are a family, of which each is good once (RFC 9700 §4.14.2).
/// </summary>
[Alias("airliner.IUserSessionsGrain")]
public interface IUserSessionsGrain : IGrainWithIntegerKey
{
    /// <summary>Opens a session for credentials that were checked, and issues its first tokens.</summary>
    [Alias("Open")]
    Task<IssuedTokens> Open(OpenSession command);

    /// <summary>Whether the token is one of a session that goes on; one that is spent is, too.</summary>
    [ReadOnly]
    [Alias("Knows")]
    Task<bool> Knows(string refreshToken);

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

    /// <summary>Ends the sessions that were opened before a time, or all. Ending none is fine, so that it can be repeated.</summary>
    /// <param name="reason">One of <see cref="SessionEnds"/>.</param>
    /// <param name="epoch">The change of the user that ends them: the time of its event. Null ends all.</param>
    [Alias("EndAll")]
    Task EndAll(string reason, DateTimeOffset? epoch = null);

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
}
