using Airliner.Notifications.Grains.Mail;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>Removes the mails of the pickup folder whose notifications are not there any more: it is by those that what is held of a user is found.</summary>
internal sealed class PickupSweep(
    PickupFolder folder, [FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database, TimeProvider time, ILogger<PickupSweep> log)
    : PeriodicSweep(TimeSpan.FromMinutes(10), time, log)
{
    private const int AskedAtOnce = 1000;

    public override async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var swept = 0;
        // A mail is written while its notification is there: what is found has one, or has it no more.
        foreach (var ids in folder.NotificationIds().Chunk(AskedAtOnce))
        {
            var orphans = ids.ToHashSet();
            await using var command = database.CreateCommand("select id from notifications where id = any($1)");
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = ids });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                orphans.Remove(reader.GetInt64(0));
            foreach (var id in orphans)
                await folder.RemoveAsync(id);
            swept += orphans.Count;
        }

        return swept;
    }
}
