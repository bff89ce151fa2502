using Airliner.Contracts.Auth;
using Airliner.Contracts.Users;
using Orleans.Concurrency;

namespace Airliner.Auth.Grains;

/// <summary>
/// Knows whose refresh tokens are. To refresh, the user silo says who the user is now, and the user's sessions grain spends the token. It asks in a turn of its
/// own, for a user's grain awaits the sessions grain when it ends sessions, and two that await each other are stuck. Key: any. Store: none.
/// </summary>
[Reentrant]
[StatelessWorker]
[GrainType("refresh")]
internal sealed class RefreshGrain(IGrainFactory grains) : Grain, IRefreshGrain
{
    /// <summary>The user is read once more where it was out of date, as an activation of a silo that lost its cluster is.</summary>
    private const int MostReads = 3;

    private static readonly RefreshResult _invalid = new(RefreshOutcome.Invalid);

    public async Task<RefreshResult> Refresh(RefreshCommand command)
    {
        // A token that was made up costs the user silo nothing.
        if (await Find(command.RefreshToken) is not { UserId: var userId })
            return _invalid;
        var result = _invalid;
        for (var reads = 0; reads < MostReads; reads++)
        {
            if (await grains.GetGrain<IUserGrain>(userId).Get() is not { Status: UserStatus.Active } user)
                return _invalid;
            result = await grains.GetGrain<IUserSessionsGrain>(userId).Refresh(new RefreshSession(command, user.Username, user.Roles, user.UpdatedAt));
            if (result.Outcome != RefreshOutcome.Stale)
                break;
        }

        return result;
    }

    public async Task<RefreshTokenView?> Find(string refreshToken) =>
        RefreshToken.Parse(refreshToken) is { UserId: var userId } ? await grains.GetGrain<IUserSessionsGrain>(userId).Find(refreshToken) : null;

    public async Task Revoke(RevokeRefreshToken command)
    {
        if (await Find(command.RefreshToken) is { } token)
            await grains.GetGrain<IUserSessionsGrain>(token.UserId).End(new EndSession(command.CommandId, token.Session.SessionId, SessionEnds.TokenRevoked));
    }
}
