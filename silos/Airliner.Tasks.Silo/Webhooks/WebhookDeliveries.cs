using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Webhooks;
using Npgsql;

namespace Airliner.Tasks.Silo.Webhooks;

/// <summary>The table of deliveries, as the webhooks' grains use it.</summary>
internal sealed class WebhookDeliveries([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database) : IWebhookDeliveries
{
    private const string Table = "webhook_deliveries";

    public Task<IReadOnlyList<WebhookDelivery>> FindDueAsync(string webhookId, DateTimeOffset now, int limit) =>
        DatabaseQuestions.AskAsync<IReadOnlyList<WebhookDelivery>>(Table, async () =>
        {
            await using var command = database.CreateCommand(
                """
                select event_id, event_type, happened_at, data, attempts from webhook_deliveries
                where webhook_id = $1 and status = 'pending' and next_attempt_at <= $2 order by next_attempt_at limit $3
                """);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = webhookId });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
            await using var reader = await command.ExecuteReaderAsync();
            var due = new List<WebhookDelivery>();
            while (await reader.ReadAsync())
                due.Add(new(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetString(3), reader.GetInt32(4)));
            return due;
        });

    public Task SaveAsync(string webhookId, IReadOnlyList<TriedDelivery> tried) => DatabaseQuestions.AskAsync(Table, async () =>
    {
        await using var command = database.CreateCommand(
            """
            update webhook_deliveries as d
            set attempts = t.attempts, status = t.status, next_attempt_at = t.next_attempt_at, trouble = t.trouble, data = case when t.status = 'pending' then d.data end
            from unnest($2::text[], $3::int[], $4::text[], $5::timestamptz[], $6::text[]) as t (event_id, attempts, status, next_attempt_at, trouble)
            where d.webhook_id = $1 and d.event_id = t.event_id and d.status = 'pending'
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = webhookId });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. tried.Select(one => one.EventId)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. tried.Select(one => one.Attempts)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. tried.Select(one => one.Status)] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?[]> { TypedValue = [.. tried.Select(one => one.NextAttemptAt)] });
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. tried.Select(one => one.Answer.Trouble)] });
        return await command.ExecuteNonQueryAsync();
    });

    public Task GiveUpAsync(string webhookId) => DatabaseQuestions.AskAsync(Table, async () =>
    {
        await using var command = database.CreateCommand(
            "update webhook_deliveries set status = 'failed', next_attempt_at = null, data = null where webhook_id = $1 and status = 'pending'");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = webhookId });
        return await command.ExecuteNonQueryAsync();
    });
}
