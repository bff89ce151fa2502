using Airliner.Notifications.Grains.Mail;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>Removes the mails of the pickup folder whose notifications are not there any more: it is by those that what is held of a user is found.</summary>
internal sealed class PickupSweep(
    PickupFolder folder, [FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database, TimeProvider time, ILogger<PickupSweep> log)
    : PeriodicSweep(TimeSpan.FromHours(6), time, log)
{
    private const int AskedAtOnce = 1000;

    public override async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var swept = 0;
        // A mail is written while its notification is there: what is found has one, or has it no more.
        foreach (var files in folder.Files().Chunk(AskedAtOnce))
        {
            var kept = await KeptAsync([.. files.Select(file => file.NotificationId)], cancellationToken);
            foreach (var (_, path) in files.Where(file => !kept.Contains(file.NotificationId)))
            {
                File.Delete(path);
                swept++;
            }
        }

        return swept;
    }

    private async Task<HashSet<long>> KeptAsync(long[] ids, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select id from notifications where id = any($1)");
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = ids });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var kept = new HashSet<long>();
        while (await reader.ReadAsync(cancellationToken))
            kept.Add(reader.GetInt64(0));
        return kept;
    }
}
