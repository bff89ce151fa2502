using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Contracts.PersonalData;

namespace Airliner.Auth.Silo.Storage;

/// <summary>A user's sessions, with the refresh tokens that belong to them, and the login guard of the account.</summary>
internal sealed class SessionData(IGrainFactory grains) : IPersonalDataSource
{
    public string Name => "sessions";

    // The guard knows addresses by keyed hashes alone: there is nothing in it to show.
    public async Task<PersonalDataPart> ExportAsync(long userId, string? after, CancellationToken cancellationToken) =>
        new(JsonSerializer.SerializeToNode(await grains.GetGrain<IUserSessionsGrain>(userId).List(), AirlinerJson.Options));

    public async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        await grains.GetGrain<IUserSessionsGrain>(userId).Erase();
        await grains.GetGrain<ILoginGuardGrain>(LoginGuardKeys.OfUser(userId)).Erase();
    }
}
