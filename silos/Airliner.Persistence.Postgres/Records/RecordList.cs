using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>
/// One page of a table's records, newest first, in one keyset query; the number of all that match beside it, counted up to a bound, and above it the planner's
/// estimate.
/// </summary>
public sealed class RecordList
{
    /// <summary>
    /// What the records of a page take before it ends, the one that passes it among them. Orleans closes a connection between processes over a message of 100 MiB, and
    /// a character takes three bytes at most.
    /// </summary>
    private const long MaxPageLength = 24 << 20;

    private readonly StringBuilder _conditions = new();
    private readonly List<Func<NpgsqlParameter>> _values = [];
    private readonly Dictionary<string, string> _columns = [];
    private string[]? _index;
    private string _order = "id";
    private string _lowest = "0";
    private string? _beyond;

    /// <summary>Keeps those of which the condition holds; a null value asks for nothing.</summary>
    /// <param name="condition">With <c>@</c> where the value stands, for example <c>status = @</c>. Never a client's text.</param>
    public RecordList Where<T>(string condition, T? value)
        where T : struct => value is { } given ? Add(condition, Parameter(given)) : this;

    /// <inheritdoc cref="Where{T}(string, T?)"/>
    public RecordList Where(string condition, string? value) => value is null ? this : Add(condition, Parameter(value));

    /// <summary>Keeps those whose column has the value; a null value asks for nothing.</summary>
    public RecordList WhereIs(string column, string? value)
    {
        if (value is not null)
            _columns.Add(column, Parameter(value));
        return this;
    }

    /// <inheritdoc cref="WhereIs(string, string?)"/>
    public RecordList WhereIs(string column, long? value)
    {
        if (value is { } given)
            _columns.Add(column, Parameter(given));
        return this;
    }

    /// <summary>Says that all that match have this id at least, or less than that: what lies outside is not read. A null value says nothing.</summary>
    /// <param name="lowest">The SQL of an id, with <c>@</c> where the value stands.</param>
    public RecordList From<T>(string lowest, T? value)
        where T : struct
    {
        if (value is { } given)
            _lowest = With(lowest, Parameter(given));
        return this;
    }

    /// <inheritdoc cref="From{T}(string, T?)"/>
    public RecordList Below<T>(string beyond, T? value)
        where T : struct
    {
        if (value is { } given)
            _beyond = With(beyond, Parameter(given));
        return this;
    }

    /// <summary>Goes along an index, whatever the planner thinks of it: see <see cref="IndexWalk"/>.</summary>
    /// <param name="order">The index's expression of the id, by which the newest comes first.</param>
    /// <param name="index">The index's columns before that; with none it is the primary key.</param>
    public RecordList Along(string order, params string[] index)
    {
        (_order, _index) = (order, index);
        return this;
    }

    /// <summary>Reads the page.</summary>
    /// <param name="lengthOf">About how many characters a record has, where some may have many: a page ends before they are too many for one message.</param>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    public Task<RecordPage<StoredRecord<TKey, TRecord>>> ReadAsync<TKey, TRecord>(
        NpgsqlDataSource database, RecordTable<TKey, TRecord> table, PageRequest page, Func<TRecord, long>? lengthOf = null, CancellationToken cancellationToken = default)
        where TKey : notnull
        where TRecord : Record
    {
        ArgumentNullException.ThrowIfNull(table);
        return ReadAsync(database, table.Name, table.SelectList, table.Read, page, row => lengthOf?.Invoke(row.Record) ?? 0, cancellationToken);
    }

    /// <summary>Reads the page of a table of other rows, or of some of their columns; it has an <c>id</c>.</summary>
    /// <inheritdoc cref="ReadAsync{TKey, TRecord}" path="/exception"/>
    public Task<RecordPage<TRow>> ReadAsync<TRow>(
        NpgsqlDataSource database, string table, string columns, Func<NpgsqlDataReader, TRow> read, PageRequest page, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(read);
        return ReadAsync(database, table, columns, read, page, _ => 0, cancellationToken);
    }

    private Task<RecordPage<TRow>> ReadAsync<TRow>(
        NpgsqlDataSource database, string table, string columns, Func<NpgsqlDataReader, TRow> read, PageRequest page, Func<TRow, long> lengthOf,
        CancellationToken cancellationToken) => DatabaseQuestions.AskAsync(table, async () =>
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            var (rows, counted, hasMore) = await ReadAsync(connection, Commands(table, columns, page), read, lengthOf, page.Limit, cancellationToken);
            if (counted <= Page<TRow>.CountedAtMost)
                return new RecordPage<TRow>(rows, counted, hasMore, TotalIsEstimate: false);
            return new RecordPage<TRow>(rows, Math.Max(counted, await EstimateAsync(connection, table, cancellationToken)), hasMore, TotalIsEstimate: true);
        });

    /// <summary>Reads all that match, page by page: what is inserted meanwhile is not among them.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    public async IAsyncEnumerable<StoredRecord<long, TRecord>> ReadAllAsync<TRecord>(
        NpgsqlDataSource database, RecordTable<long, TRecord> table, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TRecord : Record
    {
        for (long? before = null; ;)
        {
            var (rows, _, hasMore, _) = await ReadAsync(database, table, new PageRequest(PageRequest.MaxLimit, before, 0), cancellationToken: cancellationToken);
            foreach (var row in rows)
                yield return row;
            if (!hasMore)
                yield break;
            before = rows[^1].Key;
        }
    }

    /// <summary>What is run in one transaction: settings for the next two, what reads the page with one row more, which tells whether another follows, and what counts.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Commands(string table, string columns, PageRequest page)
    {
        const int CountedAtMost = Page<object>.CountedAtMost + 1;
        if (_index is not null)
            return [new(IndexWalk.Settings), Command(Walk(page.Before).Page(columns, page.Limit + 1, page.Offset)), Command(Walk(null).Count(CountedAtMost))];
        var before = page.Before is { } id ? Sql($" and id < {id}") : "";
        return
        [
            new("select 1"),
            Command(Sql($"select {columns} from {table} where {Conditions}{before} order by id desc limit {page.Limit + 1} offset {page.Offset}")),
            Command(Sql($"select count(*) from (select from {table} where {Conditions} limit {CountedAtMost}) as counted")),
        ];

        IndexWalk Walk(long? before)
        {
            var others = string.Concat(_columns.Where(column => !_index.Contains(column.Key)).Select(column => $" and {column.Key} = {column.Value}"));
            var beyond = (_beyond, before) switch
            {
                (null, null) => Sql($"{long.MaxValue}"),
                ({ } sql, null) => sql,
                (null, { } below) => Sql($"{below}"),
                ({ } sql, { } below) => Sql($"least({below}, {sql})"),
            };
            return new IndexWalk(table, _index, _order, _columns, $"{others}{_conditions}", _lowest, beyond);
        }
    }

    private string Conditions => $"true{_conditions}{string.Concat(_columns.Select(column => $" and {column.Key} = {column.Value}"))}";

    private static async Task<(IReadOnlyList<TRow> Rows, long Counted, bool HasMore)> ReadAsync<TRow>(
        NpgsqlConnection connection, IReadOnlyList<NpgsqlBatchCommand> commands, Func<NpgsqlDataReader, TRow> read, Func<TRow, long> lengthOf, int limit, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var rows = new List<TRow>(limit);
        var hasMore = false;
        for (var length = 0L; !hasMore && await reader.ReadAsync(cancellationToken);)
        {
            if (rows.Count < limit && length < MaxPageLength)
            {
                rows.Add(read(reader));
                length += lengthOf(rows[^1]);
            }
            else
            {
                hasMore = true;
            }
        }

        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (rows, reader.GetInt64(0), hasMore);
    }

    /// <summary>How many rows match, as the planner expects by its statistics.</summary>
    private async Task<long> EstimateAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Command($"explain (format json) select from {table} where {Conditions}") } };
        var plan = (string)(await batch.ExecuteScalarAsync(cancellationToken))!;
        return (long)JsonElement.Parse(plan)[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
    }

    private NpgsqlBatchCommand Command(string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in _values)
            command.Parameters.Add(value());
        return command;
    }

    private RecordList Add(string condition, string parameter)
    {
        _conditions.Append(" and ").Append(With(condition, parameter));
        return this;
    }

    private string Parameter<T>(T value)
    {
        _values.Add(() => new NpgsqlParameter<T> { TypedValue = value });
        return Sql($"${_values.Count}");
    }

    private static string With(string sql, string parameter) => sql.Replace("@", parameter, StringComparison.Ordinal);

    private static string Sql(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
