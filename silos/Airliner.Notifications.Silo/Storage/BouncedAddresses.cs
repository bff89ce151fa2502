using Airliner.Notifications.Grains.Bounces;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>The table of bounced addresses.</summary>
internal sealed class BouncedAddresses([FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database, TimeProvider time) : IBouncedAddresses
{
    private const string Table = "bounced_addresses";

    public Task<BouncedAddress?> FindAsync(string address) => DatabaseQuestions.AskAsync<BouncedAddress?>(Table, async () =>
    {
        // Once for each mail: worth a plan that is kept.
        await using var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select kind, reason from bounced_addresses where address = lower($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address });
        await command.PrepareAsync();
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? new BouncedAddress(address, reader.GetString(0), reader.GetString(1)) : null;
    });

    public Task MarkAsync(IReadOnlyList<BouncedAddress> bounced) => DatabaseQuestions.AskAsync(Table, async () =>
    {
        // One row for each address, in one order everywhere: two that mark the same do not wait for each other in a circle.
        await using var command = database.CreateCommand(
            """
            insert into bounced_addresses as known (address, kind, reason, bounced_at)
            select distinct on (lower(b.address)) lower(b.address), b.kind, b.reason, $4
            from unnest($1::text[], $2::text[], $3::text[]) as b (address, kind, reason)
            order by lower(b.address), b.kind = 'hard' desc
            on conflict (address) do update set
                kind = case known.kind when 'hard' then known.kind else excluded.kind end,
                reason = case when known.kind = 'hard' and excluded.kind <> 'hard' then known.reason else excluded.reason end,
                bounced_at = excluded.bounced_at
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. bounced.Select(one => one.Address)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. bounced.Select(one => one.Kind)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. bounced.Select(one => one.Reason)] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        return await command.ExecuteNonQueryAsync();
    });

    public Task UnmarkAsync(string address) => DatabaseQuestions.AskAsync(Table, async () =>
    {
        await using var command = database.CreateCommand("delete from bounced_addresses where address = lower($1)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address });
        return await command.ExecuteNonQueryAsync();
    });

    public Task UnmarkRecipientsOfAsync(long userId) => DatabaseQuestions.AskAsync(Table, async () =>
    {
        await using var command = database.CreateCommand(
            "delete from bounced_addresses where address in (select lower(recipient) from notifications where user_id = $1 and channel = 'email')");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        return await command.ExecuteNonQueryAsync();
    });
}

/// <summary>Forgets bounces of long ago: mailboxes come back, and nobody keeps the addresses of others for ever.</summary>
internal sealed class BouncedAddressSweep(
    [FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database,
    BouncedAddressOptions options,
    NotificationRetentionOptions retention,
    TimeProvider time,
    ILogger<BouncedAddressSweep> log)
    : ExpirySweep(
        database,
        """
        delete from bounced_addresses where address in (
            select address from bounced_addresses where bounced_at < $1 order by bounced_at limit $2 for update skip locked)
        """,
        interval: TimeSpan.FromHours(1),
        margin: TimeSpan.FromTicks(Math.Min(options.KeptFor.Ticks, (retention.KeptFor - _comesBackWithin).Ticks)),
        time,
        log)
{
    /// <summary>How long after its notification was made a mail comes back: three days of tries, and some to be told.</summary>
    private static readonly TimeSpan _comesBackWithin = TimeSpan.FromDays(7);
}

/// <summary>Section <c>Notifications:BouncedAddresses</c>.</summary>
internal sealed class BouncedAddressOptions
{
    /// <summary>How long an address is marked after it last bounced; a week less than notifications are kept at most, since an erasure finds it by those that went there.</summary>
    public TimeSpan KeptFor { get; set; } = TimeSpan.FromDays(90);
}
