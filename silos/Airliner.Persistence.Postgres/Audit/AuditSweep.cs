using Airliner.Persistence.Postgres.Records;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>
/// Takes away entries that are old enough, from each chain's beginning on, and signs how far it went: what else is missing was taken by somebody else.
/// </summary>
internal sealed class AuditSweep(NpgsqlDataSource database, AuditSecrets secrets, AuditOptions options, TimeProvider time, ILogger<AuditSweep> log)
    : PeriodicSweep(options.SweepInterval, time, log)
{
    /// <summary>Rows of one transaction, during which the chain's writer waits.</summary>
    private const int MostAtOnce = 1000;

    public override async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var before = Time.GetUtcNow() - options.KeptFor;
        var all = 0;
        foreach (var chain in await DueAsync(before, cancellationToken))
        {
            for (var swept = MostAtOnce; swept == MostAtOnce; all += swept)
                swept = await SweepAsync(chain, before, cancellationToken);
        }

        await ForgetChainsAsync(before, cancellationToken);
        await ForgetKeysAsync(before, cancellationToken);
        return all;
    }

    /// <summary>The chains whose first entry is old enough.</summary>
    private async Task<List<long>> DueAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select c.id from audit_chains as c join audit as a on a.chain = c.id and a.sequence = c.swept_sequence + 1
            where c.id > 0 and a.at < $1 order by c.id
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var chains = new List<long>();
        while (await reader.ReadAsync(cancellationToken))
            chains.Add(reader.GetInt64(0));
        return chains;
    }

    private async Task<int> SweepAsync(long chain, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var find = new NpgsqlCommand(
            """
            with chain as (select id, swept_sequence from audit_chains where id = $1 for update),
                 old as (
                     select a.sequence, a.mac, bool_and(a.at < $2) over (order by a.sequence) as is_old
                     from audit as a join chain on a.chain = chain.id and a.sequence > chain.swept_sequence order by a.sequence limit $3)
            select sequence, mac from old where is_old order by sequence desc limit 1
            """,
            connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = chain },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = before },
                new NpgsqlParameter<int> { TypedValue = MostAtOnce },
            },
        };
        long last;
        byte[] mac;
        await using (var reader = await find.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken))
                return 0;
            (last, mac) = (reader.GetInt64(0), await reader.GetFieldValueAsync<byte[]>(1, cancellationToken));
        }

        await using var delete = new NpgsqlCommand(
            """
            with anchored as (update audit_chains set swept_sequence = $2, swept_mac = $3, anchor_mac = $4 where id = $1)
            delete from audit where chain = $1 and sequence <= $2
            """,
            connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = chain },
                new NpgsqlParameter<long> { TypedValue = last },
                new NpgsqlParameter<byte[]> { TypedValue = mac },
                new NpgsqlParameter<byte[]> { TypedValue = AuditMac.OfSwept(secrets.Chain, chain, last, mac) },
            },
        };
        var swept = await delete.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return swept;
    }

    /// <summary>Takes away chains of which nothing is left, from the lowest on. One whose writer still lives begins another when it writes again.</summary>
    private async Task ForgetChainsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Whoever begins a chain waits meanwhile, since it counts on from the highest.
        await using (var turn = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('airliner.audit_chains', 0))", connection))
            await turn.ExecuteNonQueryAsync(cancellationToken);
        // So does whoever writes to one. In a statement of its own: the next one has to see what they have committed until then.
        await using (var writers = new NpgsqlCommand("select from audit_chains where id > 0 order by id for update", connection, transaction))
            await writers.ExecuteNonQueryAsync(cancellationToken);
        await using var delete = new NpgsqlCommand(
            """
            delete from audit_chains where id > 0 and id < coalesce(
                (select min(id) from audit_chains where id > 0 and (swept_sequence < sequence or began_at >= $1)), 9223372036854775807)
            returning id
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<DateTimeOffset> { TypedValue = before } },
        };
        var last = 0L;
        await using (var reader = await delete.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                last = Math.Max(last, reader.GetInt64(0));
        }

        if (last == 0)
            return;
        await using var anchor = new NpgsqlCommand(
            """
            insert into audit_chains (id, writer, began_at, sequence, mac, head_mac, swept_sequence, swept_mac, anchor_mac)
            values (0, '', now(), $1, '', '', 0, '', $2)
            on conflict (id) do update set sequence = excluded.sequence, anchor_mac = excluded.anchor_mac
            """,
            connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = last },
                new NpgsqlParameter<byte[]> { TypedValue = AuditMac.OfSwept(secrets.Chain, 0, last, []) },
            },
        };
        await anchor.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Takes away the keys that no entry needs.</summary>
    private async Task ForgetKeysAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            delete from audit_keys where user_id in (
                select user_id from audit_keys as k where made_at < $1
                  and not exists (select from audit where user_id = k.user_id) and not exists (select from audit where actor_user_id = k.user_id)
                  and user_id <> 0
                order by user_id for update skip locked)
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
