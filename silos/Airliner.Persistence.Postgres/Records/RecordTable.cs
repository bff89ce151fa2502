using Airliner.Contracts.Records;
using Npgsql;
using NpgsqlTypes;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>
/// How a grain's record is kept as a row: the table's own columns beside <c>id</c>, <c>version</c> (1 for a new row, one more with each write) and
/// <c>event_sequence</c>, which every such table has.
/// </summary>
/// <typeparam name="TKey">The key's type: <see cref="long"/> or <see cref="string"/>, as the grain's.</typeparam>
/// <param name="name">The table, and the name of the grain storage.</param>
/// <param name="columns">Its own columns.</param>
/// <param name="read">Makes a record of a row; reads the columns in their order.</param>
public sealed class RecordTable<TKey, TRecord>(string name, IReadOnlyList<Column<TRecord>> columns, Func<RowReader, TRecord> read)
    where TKey : notnull
    where TRecord : Record
{
    public string Name { get; } = name;

    public IReadOnlyList<Column<TRecord>> Columns { get; } = columns;

    /// <summary>
    /// The table that keeps the records' events for good, null where none does: <c>id</c>, <c>sequence</c> and <c>event</c>, the JSON as it is published, with the
    /// first two as its key. What takes its rows away is the service's to say.
    /// </summary>
    public string? History { get; init; }

    /// <summary>What <see cref="Read"/> reads, for a <c>select</c>.</summary>
    public string SelectList { get; } = string.Join(", ", ["id", "version", "event_sequence", .. columns.Select(column => column.Name)]);

    /// <summary>Reads a row that was selected with <see cref="SelectList"/>.</summary>
    public StoredRecord<TKey, TRecord> Read(NpgsqlDataReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var row = new RowReader(reader);
        var key = row.Next<TKey>();
        var version = row.Next<long>();
        var sequence = row.Next<long>();
        return new StoredRecord<TKey, TRecord>(key, version, read(row) with { EventSequence = sequence });
    }

    /// <summary>The record's name outside its table.</summary>
    internal string Subject(TKey key) => $"{Name}/{key}";

    internal static NpgsqlDbType KeyType => typeof(TKey) == typeof(string) ? NpgsqlDbType.Text : NpgsqlDbType.Bigint;
}

/// <summary>A record as it stands in its table.</summary>
public sealed record StoredRecord<TKey, TRecord>(TKey Key, long Version, TRecord Record);

/// <summary>Reads a row's columns from left to right.</summary>
public sealed class RowReader(NpgsqlDataReader reader)
{
    private int _ordinal;

    /// <summary>The next column's value; null only where <typeparamref name="T"/> is nullable.</summary>
    public T Next<T>()
    {
        var ordinal = _ordinal++;
        return default(T) is null && reader.IsDBNull(ordinal) ? default! : reader.GetFieldValue<T>(ordinal);
    }
}
