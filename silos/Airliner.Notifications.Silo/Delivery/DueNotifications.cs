using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Providers;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Airliner.Notifications.Silo.Delivery;

/// <summary>Claims what is due in the table of notifications, and gives back what was claimed for nothing.</summary>
internal sealed class DueNotifications(
    [FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database, ChannelRouter router, ILocalSiloDetails silo, IOptions<DeliveryOptions> options, TimeProvider time)
{
    /// <summary>How long what was claimed may wait for its turn; a grain that is called later has to claim once more.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(15);

    /// <summary>Claims a page of what is due.</summary>
    /// <param name="mostOfOneUser">How many of one user may be claimed at once.</param>
    /// <param name="claimedOf">The users of those that are claimed already, one for each.</param>
    /// <returns>What was claimed, the first due first, and whether more may be due.</returns>
    public async Task<(IReadOnlyList<DueNotification> Claimed, bool MayBeMore)> ClaimAsync(DeliveryLane lane, int mostOfOneUser, long[] claimedOf)
    {
        // Rows of users who have as many as they may are not even looked for: one with more than a page of them would hide all others.
        await using var command = database.CreateCommand(
            $"""
            with busy as (
                select user_id, count(*) as held from unnest($6::bigint[]) as held (user_id) group by user_id
            ), due as (
                select id, user_id, next_attempt_at from notifications
                where status = 'pending' and channel = $2 and next_attempt_at <= $1 and event_type {(lane.OfSecurity ? "= any($4)" : "<> all($4)")}
                    and user_id not in (select user_id from busy where held >= $7)
                order by next_attempt_at limit $3 for update skip locked
            ), turns as (
                select due.*, coalesce(held, 0) + row_number() over (partition by user_id order by next_attempt_at, id) as turn from due left join busy using (user_id)
            )
            update notifications as claimed set version = claimed.version + 1, next_attempt_at = $5, claimed_by = $8
            from turns where claimed.id = turns.id and turn <= $7
            returning claimed.id, claimed.user_id, claimed.version, turns.next_attempt_at, (select count(*) from due)
            """);
        var now = time.Now();
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = lane.Channel });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = options.Value.PageSize });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = DeliveryLane.SecurityTypes });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now + router.LongestAttempt(lane.Channel) + _longestWait });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = claimedOf });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = mostOfOneUser });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = silo.SiloAddress.ToParsableString() });
        // Not cancelled when the silo stops: what it has claimed is given back.
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        var (claimed, found) = (new List<DueNotification>(), 0L);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            claimed.Add(new(reader.GetInt64(0), reader.GetInt64(1), new(reader.GetInt64(2), reader.GetFieldValue<DateTimeOffset>(3))));
            found = reader.GetInt64(4);
        }

        return ([.. claimed.OrderBy(due => due.Claim.DueAt)], found >= options.Value.PageSize);
    }

    /// <summary>Has what was claimed, and of which no grain knows, due again for the other silos.</summary>
    public async Task GiveBackAsync(IReadOnlyCollection<DueNotification> claimed)
    {
        await using var command = database.CreateCommand(
            """
            update notifications as claimed set version = claimed.version + 1, next_attempt_at = due.at
            from unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) as due (id, version, at)
            where claimed.id = due.id and claimed.version = due.version
            """);
        // The time in which the silo has to stop is not for this: what is not given back is due when its claim has ended.
        command.CommandTimeout = 3;
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. claimed.Select(due => due.Id)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. claimed.Select(due => due.Claim.Version)] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset[]> { TypedValue = [.. claimed.Select(due => due.Claim.DueAt)] });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Has what silos that died had claimed due at once.</summary>
    /// <returns>The lanes of which something is due.</returns>
    public async Task<IReadOnlyList<DeliveryLane>> GiveBackOfAsync(IReadOnlyList<SiloAddress> dead)
    {
        // What is due later than any claim ends waits for another reason.
        await using var command = database.CreateCommand(
            """
            with given_back as (
                update notifications set version = version + 1, next_attempt_at = $1
                where status = 'pending' and channel = any($2) and next_attempt_at > $1 and next_attempt_at <= $3 and claimed_by = any($4)
                returning channel, event_type
            )
            select distinct channel, event_type from given_back
            """);
        var (now, channels) = (time.Now(), DeliveryLane.All.Select(lane => lane.Channel).Distinct().ToArray());
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = channels });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now + channels.Max(router.LongestAttempt) + _longestWait });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. dead.Select(one => one.ToParsableString())] });
        await using var reader = await command.ExecuteReaderAsync();
        var lanes = new HashSet<DeliveryLane>();
        while (await reader.ReadAsync())
            lanes.Add(DeliveryLane.Of(reader.GetString(0), reader.GetString(1)));
        return [.. lanes];
    }
}

/// <summary>A notification that is due, claimed for one call of its grain.</summary>
internal readonly record struct DueNotification(long Id, long UserId, DeliveryClaim Claim);
