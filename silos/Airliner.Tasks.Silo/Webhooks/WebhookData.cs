using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.PersonalData;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Webhooks;
using Npgsql;

namespace Airliner.Tasks.Silo.Webhooks;

/// <summary>A user's webhooks, with what was still to be delivered to them.</summary>
internal sealed class WebhookData([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IWebhookIndex index, IGrainFactory grains) : IPersonalDataSource
{
    public string Name => "webhooks";

    public async Task<PersonalDataPart> ExportAsync(long userId, string? after, CancellationToken cancellationToken)
    {
        var webhooks = await index.ListAsync(userId, cancellationToken);
        return new(webhooks.Count == 0 ? null : JsonSerializer.SerializeToNode(webhooks, AirlinerJson.Options));
    }

    public async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        await ErasedUsers.KeepOutAsync(database, userId, cancellationToken);
        foreach (var webhook in await index.ListAsync(userId, cancellationToken))
            await grains.GetGrain<IWebhookGrain>(webhook.WebhookId).Delete(userId);
    }
}
