using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>
/// Removes notifications that were made long ago, inbox entries among them, read or not. What still waits for its delivery stays, and so does what was redriven
/// lately: its mail may yet come back, and an erasure finds the mark of the address by the row. Rows that somebody holds are passed over until the next sweep, so
/// nobody waits for it.
/// </summary>
internal sealed class NotificationSweep(
    [FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database, NotificationRetentionOptions options, TimeProvider time, ILogger<NotificationSweep> log)
    : ExpirySweep(
        database,
        """
        delete from notifications where id in (
            select id from notifications where created_at < $1 and status <> 'pending' and (redriven_at is null or redriven_at < $1) limit $2
            for update skip locked)
        """,
        interval: TimeSpan.FromMinutes(10),
        margin: options.KeptFor,
        time,
        log);

/// <summary>Section <c>Notifications:Retention</c>.</summary>
internal sealed class NotificationRetentionOptions
{
    private static readonly TimeSpan _shortest = TimeSpan.FromDays(8);

    /// <summary>How long after its creation a notification is kept, at least.</summary>
    public TimeSpan KeptFor { get; set; } = TimeSpan.FromDays(90);

    /// <exception cref="InvalidOperationException">An event that the broker still has could make its notification a second time.</exception>
    public NotificationRetentionOptions Checked() => KeptFor >= _shortest
        ? this
        : throw new InvalidOperationException(
            $"Notifications:Retention:KeptFor is {KeptFor}, and must be 8 days or more: by its rows the service knows an event again, which topics keep for 7.");
}
