using Npgsql;
using NpgsqlTypes;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>How the audit log's rows are written and read.</summary>
internal static class AuditTable
{
    /// <summary>The columns of an <see cref="AuditRow"/> but for its chain, in its order.</summary>
    public const string Columns = "sequence, at, action, actor, actor_user_id, actor_client_id, user_id, client_id, key_user_id, origin, details, mac";

    /// <summary>The types of <see cref="Columns"/> as arrays, for <c>unnest</c>.</summary>
    private const string Arrays =
        "$6::bigint[], $7::timestamptz[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::bigint[], $13::text[], $14::bigint[], $15::bytea[], $16::text[], $17::bytea[]";

    /// <summary>Adds rows to a chain and moves its head, if that is where it was left; else neither.</summary>
    public static NpgsqlBatchCommand Append(ChainHead from, ChainHead to, byte[] headMac, IReadOnlyList<AuditRow> rows) => new($"""
        with moved as (
            update audit_chains set sequence = $3, mac = $4, head_mac = $5 where id = $1 and sequence = $2 returning id
        )
        insert into audit (chain, {Columns})
        select $1, entry.* from moved, unnest({Arrays}) as entry ({Columns}) order by sequence
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<long> { TypedValue = from.Chain },
            new NpgsqlParameter<long> { TypedValue = from.Sequence },
            new NpgsqlParameter<long> { TypedValue = to.Sequence },
            new NpgsqlParameter<byte[]> { TypedValue = to.Mac },
            new NpgsqlParameter<byte[]> { TypedValue = headMac },
            Array(rows, NpgsqlDbType.Bigint, row => row.Sequence),
            Array(rows, NpgsqlDbType.TimestampTz, row => row.At),
            Array(rows, NpgsqlDbType.Text, row => row.Action),
            Array(rows, NpgsqlDbType.Text, row => row.Actor),
            Array(rows, NpgsqlDbType.Bigint, row => row.ActorUserId),
            Array(rows, NpgsqlDbType.Text, row => row.ActorClientId),
            Array(rows, NpgsqlDbType.Bigint, row => row.UserId),
            Array(rows, NpgsqlDbType.Text, row => row.ClientId),
            Array(rows, NpgsqlDbType.Bigint, row => row.KeyUserId),
            Array(rows, NpgsqlDbType.Bytea, row => row.Origin),
            Array(rows, NpgsqlDbType.Text, row => row.Details),
            Array(rows, NpgsqlDbType.Bytea, row => row.Mac),
        },
    };

    /// <summary>Reads <c>chain</c> and <see cref="Columns"/> from <paramref name="ordinal"/> on.</summary>
    public static AuditRow Read(NpgsqlDataReader reader, int ordinal)
    {
        return new AuditRow
        {
            Chain = reader.GetInt64(ordinal),
            Sequence = reader.GetInt64(ordinal + 1),
            At = reader.GetFieldValue<DateTimeOffset>(ordinal + 2),
            Action = reader.GetString(ordinal + 3),
            Actor = reader.GetString(ordinal + 4),
            ActorUserId = Value<long?>(5),
            ActorClientId = Value<string?>(6),
            UserId = Value<long?>(7),
            ClientId = Value<string?>(8),
            KeyUserId = Value<long?>(9),
            Origin = Value<byte[]?>(10),
            Details = Value<string?>(11),
            Mac = reader.GetFieldValue<byte[]>(ordinal + 12),
        };

        T? Value<T>(int offset) => reader.IsDBNull(ordinal + offset) ? default : reader.GetFieldValue<T>(ordinal + offset);
    }

    private static NpgsqlParameter<T[]> Array<T>(IReadOnlyList<AuditRow> rows, NpgsqlDbType type, Func<AuditRow, T> value) =>
        new() { TypedValue = [.. rows.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | type };
}
