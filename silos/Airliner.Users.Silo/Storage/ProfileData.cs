using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Users;

namespace Airliner.Users.Silo.Storage;

/// <summary>The profile. Its erasure is the deletion itself, in one commit with the event that has the rest erased.</summary>
internal sealed class ProfileData(IGrainFactory grains) : IPersonalDataSource
{
    public string Name => "profile";

    public async Task<JsonNode?> ExportAsync(long userId, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeToNode(await grains.GetGrain<IUserGrain>(userId).Get(), AirlinerJson.Options);

    public Task EraseAsync(long userId, CancellationToken cancellationToken) => Task.CompletedTask;
}
