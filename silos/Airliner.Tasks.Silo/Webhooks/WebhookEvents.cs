using Airliner.Contracts;
using Airliner.Contracts.Events;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Kafka.Consumers;
using Airliner.Kafka.Erasure;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Webhooks;

/// <summary>
/// Makes the deliveries of a batch of events, one for each event and webhook that asked for its type. What is there already is passed over, so a batch may come again.
/// Of users without webhooks a batch costs one look at an index, all of them together.
/// </summary>
internal sealed class WebhookEvents([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IGrainFactory grains, TimeProvider time)
{
    private static readonly HashSet<string> _types = [.. TaskEventTypes.All];

    public async Task AddAsync(IReadOnlyList<ConsumedEvent> events, CancellationToken cancellationToken)
    {
        var told = events.Where(one => one.Position.Topic == Topics.Tasks && _types.Contains(one.Type))
            .Select(one => (Event: one, UserId: UserErasure.UserOf(one) ?? 0)).Where(one => one.UserId > 0).ToList();
        if (told.Count == 0)
            return;
        var users = await FindUsersAsync([.. told.Select(one => one.UserId).Distinct()], cancellationToken);
        told.RemoveAll(one => !users.Contains(one.UserId));
        if (told.Count == 0)
            return;
        foreach (var webhookId in await TryInsertAsync(told, cancellationToken))
            grains.GetGrain<IWebhookGrain>(webhookId).Deliver().Ignore();
    }

    /// <summary>Those who have a webhook. Asked for each batch: a webhook that was made a moment ago misses nothing.</summary>
    private async Task<HashSet<long>> FindUsersAsync(long[] users, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select distinct user_id from webhooks where user_id = any($1) and status = 'active'");
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = users });
        return [.. await ReadAsync<long>(command, cancellationToken)];
    }

    /// <exception cref="RecordRejectedException">An event has content that the table can never take; none was inserted.</exception>
    private async Task<IEnumerable<string>> TryInsertAsync(List<(ConsumedEvent Event, long UserId)> told, CancellationToken cancellationToken)
    {
        try
        {
            return await InsertAsync(told, cancellationToken);
        }
        // Classes 22 data exception, 54 program limit exceeded.
        catch (PostgresException error) when (error.SqlState[..2] is "22" or "54")
        {
            throw new RecordRejectedException($"The event was refused by the database: {error.MessageText} ({error.SqlState}).");
        }
    }

    /// <returns>The webhooks that got something new.</returns>
    private async Task<IEnumerable<string>> InsertAsync(List<(ConsumedEvent Event, long UserId)> told, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            insert into webhook_deliveries (webhook_id, event_id, event_type, happened_at, data, status, attempts, next_attempt_at, created_at)
            select w.id, e.id, e.type, e.at, e.data::json, 'pending', 0, $6, $6
            from unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[]) as e (id, user_id, type, at, data)
            join webhooks as w on w.user_id = e.user_id and w.status = 'active' and w.events ? e.type
            order by w.id, e.id
            on conflict do nothing
            returning webhook_id
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. told.Select(one => one.Event.Id)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. told.Select(one => one.UserId)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. told.Select(one => one.Event.Type)] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset[]> { TypedValue = [.. told.Select(one => one.Event.Time.ToUniversalTime())] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. told.Select(one => one.Event.Value.GetRawText())] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.Now() });
        return (await ReadAsync<string>(command, cancellationToken)).Distinct();
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var values = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            values.Add(reader.GetFieldValue<T>(0));
        return values;
    }
}
