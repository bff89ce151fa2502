using System.Buffers.Text;
using System.Security.Cryptography;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Records;
using Microsoft.Extensions.Logging;

namespace Airliner.Auth.Grains;

/// <summary>One user's sessions. Key: user id. Store: table <c>user_sessions</c>.</summary>
[GrainType("user-sessions")]
internal sealed partial class UserSessionsGrain(
    [PersistentState("user-sessions", AuthStorage.Sessions)] IPersistentState<UserSessionsState> sessions,
    AccessTokenIssuer issuer,
    SessionLimits limits,
    TimeProvider time,
    ILogger<UserSessionsGrain> log) : Grain, IUserSessionsGrain
{
    private long UserId => this.GetPrimaryKeyLong();

    public async Task<IssuedTokens?> Open(OpenSession command)
    {
        if (sessions.State.IsStale(command.UserAsOf))
            return null;
        var now = time.Now();
        var refreshToken = command.WithRefresh ? RefreshToken.New(UserId) : null;
        var session = new Session(
            "s_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
            command.SourceAddress,
            command.UserAgent,
            now,
            refreshToken is null ? now + AccessTokens.Lifetime : limits.ExpiryOf(now, now),
            Family: refreshToken is null ? null : RefreshFamily.Of(refreshToken),
            UserAsOf: command.UserAsOf);
        // Signed before it is committed: where no key can be had, nothing has happened.
        var tokens = await IssueAsync(session, command.Username, command.Roles, refreshToken, now);
        await CommitAsync(sessions.State.Opened(UserId, session, limits.MostPerUser));
        return tokens;
    }

    public async Task<RefreshResult> Refresh(RefreshSession command)
    {
        var now = time.Now();
        if (RefreshToken.Parse(command.Command.RefreshToken) is not { } token)
            return new(RefreshOutcome.Invalid);
        if (sessions.State.IsStale(command.UserAsOf))
            return new(RefreshOutcome.Stale);
        var step = sessions.State.Refresh(UserId, token, command.Command, limits, now);
        // Signed before the token is spent: a client that got no answer for longer than the grace would lose its session.
        var tokens = step.Successor is null ? null : await IssueAsync(step.Session!, command.Username, command.Roles, step.Successor, now);
        if (!ReferenceEquals(step.Next, sessions.State))
            await CommitAsync(step.Next);
        if (step.Outcome == RefreshOutcome.Reused)
            LogReuse(UserId, step.Session!.SessionId);
        return new(step.Outcome, tokens);
    }

    public async Task<bool> End(EndSession command)
    {
        var now = time.Now();
        if (sessions.State.Live(now).FirstOrDefault(session => session.SessionId == command.SessionId) is not { } session)
            return sessions.State.HasCommitted(command.CommandId);
        await CommitAsync(sessions.State.Ended(UserId, [session], command.Reason, now).Committed(command.CommandId, now));
        return true;
    }

    public async Task EndAll(string reason, DateTimeOffset? epoch)
    {
        var next = sessions.State.AllEnded(UserId, reason, epoch, time.Now());
        if (!ReferenceEquals(next, sessions.State))
            await CommitAsync(next);
    }

    public async Task Erase()
    {
        var next = sessions.State.Erased(UserId, time.Now());
        if (!ReferenceEquals(next, sessions.State))
            await CommitAsync(next);
    }

    public Task<RefreshTokenView?> Find(string refreshToken)
    {
        // Anyone can make up a token of any user: what it activated should not stay.
        if (!sessions.RecordExists)
            DeactivateOnIdle();
        return Task.FromResult(RefreshToken.Parse(refreshToken) is { } token && sessions.State.Find(token, time.Now()) is { } session
            ? new RefreshTokenView(UserId, session.Family!.CurrentHash != token.SecretHash, session.View())
            : null);
    }

    public Task<IReadOnlyList<SessionView>> List() =>
        Task.FromResult<IReadOnlyList<SessionView>>([.. sessions.State.Live(time.Now()).Reverse().Select(session => session.View())]);

    /// <summary>Commits the next state. The tokens of sessions that end with it are revoked first, so that an end that breaks half way is seen as not done, and done again.</summary>
    private async Task CommitAsync(UserSessionsState next)
    {
        string[] ended = [.. next.Raised.OfType<SessionRevoked>().Select(revoked => revoked.SessionId)];
        if (ended.Length > 0)
            await GrainFactory.GetGrain<IRevocationsGrain>(0).Revoke(ended);
        await sessions.CommitAsync(next);
    }

    private async Task<IssuedTokens> IssueAsync(Session session, string username, IReadOnlyList<string> roles, RefreshToken? refreshToken, DateTimeOffset now)
    {
        var left = session.ExpiresAt - now;
        var lifetime = left < AccessTokens.Lifetime ? left : AccessTokens.Lifetime;
        var accessToken = await issuer.ForUserAsync(GrainFactory, UserId, username, roles, session.SessionId, lifetime);
        return new IssuedTokens(accessToken, (int)lifetime.TotalSeconds, refreshToken?.Text);
    }

    [LoggerMessage(LogLevel.Warning, "A spent refresh token of user {UserId} was used again; session {SessionId} has ended")]
    private partial void LogReuse(long userId, string sessionId);
}
