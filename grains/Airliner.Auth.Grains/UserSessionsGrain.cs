using System.Security.Cryptography;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Records;
using Microsoft.IdentityModel.Tokens;

namespace Airliner.Auth.Grains;

/// <summary>One user's sessions. Key: user id. Store: table <c>user_sessions</c>.</summary>
[GrainType("user-sessions")]
internal sealed class UserSessionsGrain(
    [PersistentState("user-sessions", AuthStorage.Sessions)] IPersistentState<UserSessionsState> sessions,
    AccessTokenIssuer issuer,
    TimeProvider time) : Grain, IUserSessionsGrain
{
    private static readonly TimeSpan _refreshLifetime = TimeSpan.FromDays(30);

    public async Task<IssuedTokens> Open(OpenSession command)
    {
        var now = time.Now();
        var userId = this.GetPrimaryKeyLong();
        var refreshToken = command.WithRefresh ? Random(32) : null;
        var session = new Session(
            "s_" + Random(16),
            command.SourceAddress,
            command.UserAgent,
            now,
            now + (command.WithRefresh ? _refreshLifetime : AccessTokens.Lifetime),
            refreshToken is null ? null : Session.HashOf(refreshToken));
        await sessions.CommitAsync(sessions.State.Opened(userId, session));
        var accessToken = await issuer.ForUserAsync(GrainFactory, userId, command.Username, command.Roles, session.SessionId);
        return new IssuedTokens(accessToken, AccessTokenIssuer.ExpiresInSeconds, refreshToken);
    }

    private static string Random(int bytes) => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(bytes));
}
