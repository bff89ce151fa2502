using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Npgsql;
using Orleans.Concurrency;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>Has many notifications tried again. Any key. Store: none; asks each notification's grain.</summary>
[GrainType("notification-redrives")]
[Reentrant]
[StatelessWorker]
internal sealed partial class NotificationRedrivesGrain(
    [FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database, TimeProvider time, ILogger<NotificationRedrivesGrain> logger)
    : Grain, INotificationRedrivesGrain
{
    /// <summary>Notifications that are asked at once, whose writes gather in few commits.</summary>
    private const int AtOnce = 100;

    /// <inheritdoc/>
    /// <exception cref="Contracts.Records.StorageUnavailableException">The database is away.</exception>
    public async Task<RedrivenNotifications> RedriveMany(NotificationFilter filter, int limit, string commandId)
    {
        // Without those that would refuse, or end at once: they would be found again each time, and stand before all others.
        var failed = await NotificationQueriesGrain.ListOf(filter)
            .Where("status in ('dead', 'failed') and (channel <> @ or not exists (select from bounced_addresses where address = lower(recipient)))", Channels.Email)
            .Where("not exists (select from erased_users where erased_users.user_id = notifications.user_id and erased_at <= @)", (DateTimeOffset?)time.GetUtcNow())
            .ReadAsync(database, "notifications", "id", reader => reader.GetInt64(0), new PageRequest(limit, null, 0));
        var redriven = 0;
        foreach (var some in failed.Rows.Chunk(AtOnce))
        {
            try
            {
                await Task.WhenAll(some.Select(RedriveAsync));
            }
            catch (Exception error) when (redriven > 0)
            {
                // Where this call fails it is repeated, and finds others in place of those that it has redriven: beyond its limit, and uncounted.
                LogStopped(logger, error, redriven);
                break;
            }
        }

        return new(redriven, Math.Max(0, failed.Total - redriven), failed.TotalIsEstimate);

        async Task RedriveAsync(long id)
        {
            var result = await GrainFactory.GetGrain<INotificationGrain>(id).Redrive(commandId);
            redriven += result.Outcome == RedriveOutcome.Redriven ? 1 : 0;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notifications are not all redriven; {Redriven} are")]
    private static partial void LogStopped(ILogger logger, Exception error, int redriven);
}
