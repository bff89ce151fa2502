using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Airliner.Contracts;
using Airliner.Contracts.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>One page of a table's records, newest first, in one keyset query; the number of all that match beside it, counted up to a bound.</summary>
public sealed class RecordList
{
    private readonly StringBuilder _conditions = new();
    private readonly List<Func<NpgsqlParameter>> _values = [];

    /// <summary>Keeps those of which the condition holds; a null value asks for nothing.</summary>
    /// <param name="condition">With <c>@</c> where the value stands, for example <c>status = @</c>. Never a client's text.</param>
    public RecordList Where<T>(string condition, T? value)
        where T : struct => value is { } given ? Add(condition, () => new NpgsqlParameter<T> { TypedValue = given }) : this;

    /// <inheritdoc cref="Where{T}(string, T?)"/>
    public RecordList Where(string condition, string? value) =>
        value is null ? this : Add(condition, () => new NpgsqlParameter<string> { TypedValue = value });

    /// <summary>Reads the page.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    public Task<(IReadOnlyList<StoredRecord<TKey, TRecord>> Rows, long Total, bool HasMore)> ReadAsync<TKey, TRecord>(
        NpgsqlDataSource database, RecordTable<TKey, TRecord> table, PageRequest page, CancellationToken cancellationToken = default)
        where TKey : notnull
        where TRecord : Record
    {
        ArgumentNullException.ThrowIfNull(table);
        return ReadAsync(database, table.Name, table.SelectList, table.Read, page, cancellationToken);
    }

    /// <summary>Reads the page of a table of other rows, which has an <c>id</c>.</summary>
    internal async Task<(IReadOnlyList<TRow> Rows, long Total, bool HasMore)> ReadAsync<TRow>(
        NpgsqlDataSource database, string table, string columns, Func<NpgsqlDataReader, TRow> read, PageRequest page, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        try
        {
            await using var batch = database.CreateBatch();
            batch.BatchCommands.Add(PageCommand(table, columns, page));
            batch.BatchCommands.Add(Command(string.Create(
                CultureInfo.InvariantCulture, $"select count(*) from (select 1 from {table} where true{_conditions} limit {Page<TRow>.CountedAtMost}) as counted")));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);

            var rows = new List<TRow>(page.Limit);
            var hasMore = false;
            while (await reader.ReadAsync(cancellationToken))
            {
                if (rows.Count < page.Limit)
                    rows.Add(read(reader));
                else
                    hasMore = true;
            }

            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return (rows, reader.GetInt64(0), hasMore);
        }
        catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
        {
            throw new StorageUnavailableException($"{table}: the database cannot be read ({error.Message}).");
        }
    }

    /// <summary>Reads all that match, page by page: what is inserted meanwhile is not among them.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    public async IAsyncEnumerable<StoredRecord<long, TRecord>> ReadAllAsync<TRecord>(
        NpgsqlDataSource database, RecordTable<long, TRecord> table, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TRecord : Record
    {
        for (long? before = null; ;)
        {
            var (rows, _, hasMore) = await ReadAsync(database, table, new PageRequest(PageRequest.MaxLimit, before, 0), cancellationToken);
            foreach (var row in rows)
                yield return row;
            if (!hasMore)
                yield break;
            before = rows[^1].Key;
        }
    }

    /// <summary>One row more than the page holds tells whether another page follows.</summary>
    private NpgsqlBatchCommand PageCommand(string table, string columns, PageRequest page)
    {
        var before = page.Before is null ? "" : string.Create(CultureInfo.InvariantCulture, $" and id < ${_values.Count + 1}");
        var offset = page.Offset == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" offset {page.Offset}");
        var command = Command(string.Create(
            CultureInfo.InvariantCulture, $"select {columns} from {table} where true{_conditions}{before} order by id desc limit {page.Limit + 1}{offset}"));
        if (page.Before is { } id)
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = id });
        return command;
    }

    private NpgsqlBatchCommand Command(string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in _values)
            command.Parameters.Add(value());
        return command;
    }

    private RecordList Add(string condition, Func<NpgsqlParameter> value)
    {
        _values.Add(value);
        var parameter = string.Create(CultureInfo.InvariantCulture, $"${_values.Count}");
        _conditions.Append(" and ").Append(condition.Replace("@", parameter, StringComparison.Ordinal));
        return this;
    }
}
