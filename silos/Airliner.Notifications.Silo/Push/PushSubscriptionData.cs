using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Persistence.Postgres.PersonalData;
using Npgsql;

namespace Airliner.Notifications.Silo.Push;

/// <summary>A user's Web Push subscriptions.</summary>
internal sealed class PushSubscriptionData([FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database, PushSubscriptionTable subscriptions)
    : IPersonalDataSource
{
    public string Name => "pushSubscriptions";

    public async Task<PersonalDataPart> ExportAsync(long userId, string? after, CancellationToken cancellationToken)
    {
        var present = await subscriptions.ListAsync(userId, cancellationToken);
        return new(present.Count == 0 ? null : JsonSerializer.SerializeToNode(present, AirlinerJson.Options));
    }

    public async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        await ErasedUsers.KeepOutAsync(database, userId, cancellationToken);
        await subscriptions.RemoveAllAsync(userId, cancellationToken);
    }
}
