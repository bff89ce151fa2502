using Npgsql;
using NpgsqlTypes;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>One column of a record's table.</summary>
public abstract class Column<TRecord>(string name, NpgsqlDbType type)
{
    public string Name { get; } = name;

    internal NpgsqlDbType Type { get; } = type;

    /// <summary>The column's values for many records, as one array.</summary>
    internal abstract NpgsqlParameter ToParameter(IReadOnlyList<TRecord> records);
}

/// <summary>Makes columns.</summary>
public static class Column
{
    /// <summary>A column whose type in Postgres follows from <typeparamref name="TValue"/>.</summary>
    /// <remarks>A time is kept as its instant, in UTC: Npgsql refuses any other offset.</remarks>
    public static Column<TRecord> Of<TRecord, TValue>(string name, Func<TRecord, TValue> value) => value switch
    {
        Func<TRecord, DateTimeOffset> time =>
            new TypedColumn<TRecord, DateTimeOffset>(name, NpgsqlDbType.TimestampTz, record => time(record).ToUniversalTime()),
        Func<TRecord, DateTimeOffset?> time =>
            new TypedColumn<TRecord, DateTimeOffset?>(name, NpgsqlDbType.TimestampTz, record => time(record)?.ToUniversalTime()),
        _ => new TypedColumn<TRecord, TValue>(name, TypeOf(typeof(TValue)), value),
    };

    /// <summary>A <c>jsonb</c> column from JSON text. It is read back as the same value, but not as the same text; a <c>\u0000</c> in it is refused.</summary>
    public static Column<TRecord> Json<TRecord>(string name, Func<TRecord, string?> value) =>
        new TypedColumn<TRecord, string?>(name, NpgsqlDbType.Jsonb, value);

    /// <summary>A <c>json</c> column, which keeps JSON text to the letter: what a user sent is read back as it was, with its order, numbers and spaces.</summary>
    public static Column<TRecord> JsonAsGiven<TRecord>(string name, Func<TRecord, string?> value) =>
        new TypedColumn<TRecord, string?>(name, NpgsqlDbType.Json, value);

    private static NpgsqlDbType TypeOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => NpgsqlDbType.Text,
            _ when type == typeof(long) => NpgsqlDbType.Bigint,
            _ when type == typeof(int) => NpgsqlDbType.Integer,
            _ when type == typeof(bool) => NpgsqlDbType.Boolean,
            _ when type == typeof(double) => NpgsqlDbType.Double,
            _ when type == typeof(Guid) => NpgsqlDbType.Uuid,
            _ when type == typeof(byte[]) => NpgsqlDbType.Bytea,
            _ when type == typeof(DateOnly) => NpgsqlDbType.Date,
            _ when type == typeof(DateTimeOffset) => NpgsqlDbType.TimestampTz,
            _ => throw new NotSupportedException($"No column type for {type}."),
        };
    }

    private sealed class TypedColumn<TRecord, TValue>(string name, NpgsqlDbType type, Func<TRecord, TValue> value)
        : Column<TRecord>(name, type)
    {
        internal override NpgsqlParameter ToParameter(IReadOnlyList<TRecord> records)
        {
            var values = new TValue[records.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = value(records[i]);
            return new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | Type };
        }
    }
}
