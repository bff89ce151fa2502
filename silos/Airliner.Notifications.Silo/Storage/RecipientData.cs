using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.PersonalData;
using Airliner.Persistence.Postgres.PersonalData;
using Npgsql;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>A user's preferences, where any were set.</summary>
internal sealed class RecipientData([FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database, IGrainFactory grains) : IPersonalDataSource
{
    public string Name => "preferences";

    public async Task<PersonalDataPart> ExportAsync(long userId, string? after, CancellationToken cancellationToken)
    {
        var found = await RecipientTable.FindPreferencesAsync(database, [userId], cancellationToken);
        return new(found.TryGetValue(userId, out var preferences) ? JsonSerializer.SerializeToNode(preferences, AirlinerJson.Options) : null);
    }

    public async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        await ErasedUsers.KeepOutAsync(database, userId, cancellationToken);
        await grains.GetGrain<IRecipientGrain>(userId).Erase();
    }
}
