using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Webhooks;
using Npgsql;

namespace Airliner.Tasks.Silo.Webhooks;

/// <summary>
/// Wakes the grain of every webhook to which something is due: what a silo that was lost left, and what is tried again. Each silo may sweep: a grain that is at work
/// hears it and goes on.
/// </summary>
internal sealed class WebhookSweep(
    [FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IGrainFactory grains, WebhookOptions options, TimeProvider time, ILogger<WebhookSweep> log)
    : PeriodicSweep(options.PollInterval, time, log)
{
    /// <summary>Those whose deliveries have waited longest come first, so that no number of others keeps one waiting for ever.</summary>
    private const int MostAtOnce = 1000;

    public override async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        // From one webhook to the next along the index of what waits: its cost is the number of such webhooks, whatever waits to each.
        await using var command = database.CreateCommand(
            """
            with recursive waiting (id) as (
                (select webhook_id from webhook_deliveries where status = 'pending' order by webhook_id limit 1)
                union all
                select (select webhook_id from webhook_deliveries where status = 'pending' and webhook_id > waiting.id order by webhook_id limit 1)
                from waiting where waiting.id is not null)
            select w.id from waiting join webhooks as w using (id) cross join lateral (
                select next_attempt_at from webhook_deliveries where webhook_id = w.id and status = 'pending' order by next_attempt_at limit 1) as first
            where w.status = 'active' and w.held_until <= $1 and first.next_attempt_at <= $1
            order by first.next_attempt_at limit $2
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = Time.Now() });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostAtOnce });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var woken = 0;
        for (; await reader.ReadAsync(cancellationToken); woken++)
            grains.GetGrain<IWebhookGrain>(reader.GetString(0)).Deliver().Ignore();
        return woken;
    }
}

/// <summary>Deletes deliveries that were made long ago: a repeat of their event can come no more.</summary>
internal sealed class WebhookRetentionSweep(
    [FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, WebhookOptions options, TimeProvider time, ILogger<WebhookRetentionSweep> log)
    : ExpirySweep(
        database,
        """
        delete from webhook_deliveries where (webhook_id, event_id) in (
            select webhook_id, event_id from webhook_deliveries where created_at < $1 order by created_at limit $2 for update skip locked)
        """,
        interval: TimeSpan.FromMinutes(10),
        margin: options.KeptFor,
        time,
        log);
