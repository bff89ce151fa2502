using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Webhooks;
using Npgsql;

namespace Airliner.Tasks.Silo.Webhooks;

/// <summary>Finds webhooks in their table.</summary>
internal sealed class WebhookIndex([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database) : IWebhookIndex
{
    public Task<IReadOnlyList<WebhookView>> ListAsync(long userId, CancellationToken cancellationToken = default) =>
        DatabaseQuestions.AskAsync<IReadOnlyList<WebhookView>>(WebhookState.Table, async () =>
        {
            await using var command = database.CreateCommand(
                $"select {WebhookTable.Table.SelectList} from webhooks where user_id = $1 order by created_at desc, id desc");
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var webhooks = new List<WebhookView>();
            while (await reader.ReadAsync(cancellationToken))
            {
                var row = WebhookTable.Table.Read(reader);
                webhooks.Add(row.Record.View(row.Key));
            }

            return webhooks;
        });
}
