using Airliner.Contracts.Auth;
using Airliner.Contracts.Users;
using Orleans.Concurrency;

namespace Airliner.Auth.Grains;

/// <summary>
/// Refreshes sessions: the user silo says who the user is now, the user's sessions grain spends the token. It asks in a turn of its own, for a user's grain awaits
/// the sessions grain when it ends sessions, and two that await each other are stuck. Key: any. Store: none.
/// </summary>
[Reentrant]
[StatelessWorker]
[GrainType("refresh")]
internal sealed class RefreshGrain : Grain, IRefreshGrain
{
    private static readonly RefreshResult _invalid = new(RefreshOutcome.Invalid);

    public async Task<RefreshResult> Refresh(RefreshCommand command)
    {
        if (RefreshToken.Parse(command.RefreshToken) is not { } token)
            return _invalid;
        var sessions = GrainFactory.GetGrain<IUserSessionsGrain>(token.UserId);
        // A token that was made up costs the user silo nothing.
        if (!await sessions.Knows(command.RefreshToken))
            return _invalid;
        return await GrainFactory.GetGrain<IUserGrain>(token.UserId).Get() is { Status: UserStatus.Active } user
            ? await sessions.Refresh(new RefreshSession(command, user.Username, user.Roles))
            : _invalid;
    }
}
