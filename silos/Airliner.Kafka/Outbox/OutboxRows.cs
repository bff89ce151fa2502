using Airliner.Contracts.Cluster;
using Airliner.Persistence.Postgres.Outbox;
using Npgsql;

namespace Airliner.Kafka.Outbox;

/// <summary>The relay's statements on its service's outbox.</summary>
/// <param name="owner">The relay's silo.</param>
internal sealed class OutboxRows(NpgsqlDataSource database, string owner)
{
    /// <summary>The lock that the one adopter holds, of this table's database: any number that nothing else locks.</summary>
    private const long AdoptionLock = 0x6f75_7462_6f78;

    private const int StraysLookedAt = 100;

    /// <remarks>
    /// The lateral join keeps the plan on the primary key, also where it was made while the table was empty. The disk is not waited for: a row that a power
    /// cut brings back is published once more, with the same id.
    /// </remarks>
    internal const string Delete = """
        delete from outbox where ctid = any(array(
            select found.ctid from (select set_config('synchronous_commit', 'off', true)) as lazily
            cross join unnest($1::text[], $2::bigint[]) as key (subject, sequence)
            cross join lateral (
                select ctid from outbox o where o.subject = key.subject and o.sequence = key.sequence limit 1) as found))
        """;

    /// <remarks>Steps from one entity to the next through the index: of a backlog no more is read than the page.</remarks>
    internal const string Subjects = """
        with recursive subjects as (
            (select subject || '' as subject from outbox where owner = $1 and subject || '' > $2 order by owner, subject || '' limit 1)
            union all
            select (select o.subject || '' from outbox o where o.owner = $1 and o.subject || '' > s.subject order by o.owner, o.subject || '' limit 1)
            from subjects s where s.subject is not null
        )
        select subject from subjects where subject is not null limit $3
        """;

    /// <remarks>The lateral join keeps the plan on the primary key, for each entity by itself.</remarks>
    internal const string Events = $"""
        select {OutboxTable.Columns} from unnest($1::text[]) as wanted (entity)
        cross join lateral (
            select * from outbox o
            where o.subject = wanted.entity and o.sequence > case when wanted.entity = $2 then $3 else 0 end
            order by o.sequence limit $4) as rows
        where wanted.entity >= $2
        order by subject, sequence limit $4
        """;

    /// <remarks>
    /// As <see cref="Subjects"/>, of each silo that is gone. The owner of a row is compared as an expression, lest its index is read whole for each entity.
    /// </remarks>
    internal const string Adopt = """
        with recursive subjects as (
            select gone.owner, (select o.subject || '' from outbox o where o.owner = gone.owner order by o.owner, o.subject || '' limit 1) as subject
            from unnest($2::text[]) as gone (owner)
            union all
            select s.owner, (
                select o.subject || '' from outbox o where o.owner = s.owner and o.subject || '' > s.subject order by o.owner, o.subject || '' limit 1)
            from subjects s where s.subject is not null
        ), entities as (
            select distinct subject from (select subject from subjects where subject is not null limit $3) as first
        )
        update outbox set owner = $1 where ctid = any(array(
            select found.ctid from entities cross join lateral (
                select ctid from outbox o where o.subject = entities.subject and o.owner || '' = any($2) order by o.sequence limit 1000) as found))
        """;

    /// <summary>The next of the entities that have a row of this silo's.</summary>
    public async Task<List<string>> SubjectsAsync(string after, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Subjects);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return await TextsAsync(command, cancellationToken);
    }

    /// <summary>The next rows of these entities, whoever owns them, in each entity's order.</summary>
    public async Task<List<OutboxEvent>> EventsAsync(
        string[] subjects, (string Subject, long Sequence) after, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Events);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = subjects });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after.Subject });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after.Sequence });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<OutboxEvent>();
        while (await reader.ReadAsync(cancellationToken))
            events.Add(OutboxTable.Read(reader));
        return events;
    }

    /// <summary>Deletes what is published, whoever owns it.</summary>
    public async Task DeleteAsync(IReadOnlyList<HeldEvent> published, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Delete);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. published.Select(held => held.Event.Subject)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. published.Select(held => held.Event.Sequence)] });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Everybody else who owns a row.</summary>
    /// <remarks>Steps from one owner to the next through the index: a table with a backlog is not read whole.</remarks>
    public async Task<List<string>> OtherOwnersAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            with recursive owners as (
                (select owner from outbox order by owner limit 1)
                union all
                select (select o.owner from outbox o where o.owner > owners.owner order by o.owner limit 1) from owners where owners.owner is not null
            )
            select owner from owners where owner is not null and owner <> $1
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner });
        return await TextsAsync(command, cancellationToken);
    }

    /// <summary>Takes over the rows of some entities from the silos that left them.</summary>
    /// <returns>How many rows; null while another silo adopts.</returns>
    public async Task<int?> AdoptAsync(IReadOnlyCollection<string> gone, int entities, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var locking = new NpgsqlCommand("select pg_try_advisory_xact_lock($1)", connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = AdoptionLock } },
        };
        if (await locking.ExecuteScalarAsync(cancellationToken) is not true)
            return null;

        await using var adopting = new NpgsqlCommand(Adopt, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = owner },
                new NpgsqlParameter<string[]> { TypedValue = [.. gone] },
                new NpgsqlParameter<int> { TypedValue = entities },
            },
        };
        var adopted = await adopting.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return adopted;
    }

    /// <summary>How many events the service has in the table, whoever owns them, counted up to <see cref="OutboxReport.CountedAtMost"/>, and of those the oldest.</summary>
    public async Task<(long Count, DateTimeOffset? Oldest)> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select count(*), min(time) from (select time from outbox limit {OutboxReport.CountedAtMost}) as counted");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1));
    }

    /// <summary>Whether this silo owns a row from before <paramref name="before"/> that <paramref name="isKnown"/> does not know.</summary>
    public async Task<bool> HasStrayAsync(DateTimeOffset before, Func<string, long, bool> isKnown, CancellationToken cancellationToken)
    {
        var unknown = new List<(string Subject, long Sequence)>();
        await using (var old = database.CreateCommand("select subject, sequence from outbox where owner = $1 and time < $2"))
        {
            old.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner });
            old.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before });
            await using var reader = await old.ExecuteReaderAsync(cancellationToken);
            while (unknown.Count < StraysLookedAt && await reader.ReadAsync(cancellationToken))
            {
                var (subject, sequence) = (reader.GetString(0), reader.GetInt64(1));
                if (!isKnown(subject, sequence))
                    unknown.Add((subject, sequence));
            }
        }

        // A row that was published, deleted and forgotten while the table was read is gone by now.
        return unknown.Count > 0 && await AnyIsThereAsync(unknown, cancellationToken);
    }

    private async Task<bool> AnyIsThereAsync(List<(string Subject, long Sequence)> rows, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select exists (select from outbox join unnest($1::text[], $2::bigint[]) as key (subject, sequence) using (subject, sequence))");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(row => row.Subject)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(row => row.Sequence)] });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<List<string>> TextsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var texts = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            texts.Add(reader.GetString(0));
        return texts;
    }
}
