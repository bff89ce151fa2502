using Npgsql;
using NpgsqlTypes;

namespace Airliner.Persistence.Postgres.Outbox;

/// <summary>How the outbox's rows are written and read.</summary>
public static class OutboxTable
{
    /// <summary>The columns of an <see cref="OutboxEvent"/>, in its order.</summary>
    public const string Columns = "subject, sequence, event_id, topic, key, type, time, payload, traceparent";

    /// <summary>The types of <see cref="Columns"/> as arrays, for <c>unnest</c>.</summary>
    internal static IReadOnlyList<string> ArrayTypes { get; } =
        ["text[]", "bigint[]", "uuid[]", "text[]", "text[]", "text[]", "timestamptz[]", "bytea[]", "text[]"];

    /// <summary>Reads the row that starts at <paramref name="ordinal"/>.</summary>
    public static OutboxEvent Read(NpgsqlDataReader reader, int ordinal = 0)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new OutboxEvent(
            reader.GetString(ordinal),
            reader.GetInt64(ordinal + 1),
            reader.GetGuid(ordinal + 2),
            reader.GetString(ordinal + 3),
            reader.GetString(ordinal + 4),
            reader.GetString(ordinal + 5),
            reader.GetFieldValue<DateTimeOffset>(ordinal + 6),
            reader.GetFieldValue<byte[]>(ordinal + 7),
            reader.IsDBNull(ordinal + 8) ? null : reader.GetString(ordinal + 8));
    }

    /// <summary>The events as one array for each of <see cref="Columns"/>.</summary>
    internal static IEnumerable<NpgsqlParameter> Parameters(IReadOnlyList<OutboxEvent> events)
    {
        yield return Array(events, NpgsqlDbType.Text, e => e.Subject);
        yield return Array(events, NpgsqlDbType.Bigint, e => e.Sequence);
        yield return Array(events, NpgsqlDbType.Uuid, e => e.EventId);
        yield return Array(events, NpgsqlDbType.Text, e => e.Topic);
        yield return Array(events, NpgsqlDbType.Text, e => e.Key);
        yield return Array(events, NpgsqlDbType.Text, e => e.Type);
        yield return Array(events, NpgsqlDbType.TimestampTz, e => e.Time);
        yield return Array(events, NpgsqlDbType.Bytea, e => e.Payload);
        yield return Array(events, NpgsqlDbType.Text, e => e.TraceParent);
    }

    private static NpgsqlParameter<T[]> Array<T>(IReadOnlyList<OutboxEvent> events, NpgsqlDbType type, Func<OutboxEvent, T> value)
    {
        var values = new T[events.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = value(events[i]);
        return new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
