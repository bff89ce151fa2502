using System.Globalization;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>
/// The statements of a list that goes along an index of some columns of few values each, and the id turned around. The index has the rows of each kind, which
/// is one value for every column, side by side, the newest first: a page is the newest of the first rows of each kind, and whatever passes a filter is a
/// kind or part of one. So what is read depends on the page and on how many kinds there are, never on how many rows.
/// </summary>
/// <remarks>
/// Ordered by <c>id</c>, the planner may go along the primary key instead, in the hope to come by enough rows soon. So each index ends with an expression that no
/// other has after these columns, and with <see cref="Settings"/> in the same transaction nothing is sorted that need not be: there is no other way to that order.
/// </remarks>
/// <param name="columns">The index's columns before the id; with none it is the primary key.</param>
/// <param name="order">The index's expression of the id, such as <c>(-id)</c>: the newest has the least.</param>
/// <param name="values">The parameters, by column, of those that the filter gives a value.</param>
/// <param name="conditions">What else must hold, each with <c>and</c> before it.</param>
/// <param name="lowest">The SQL of the lowest id that can match.</param>
/// <param name="beyond">The SQL of the lowest id above all that can match.</param>
internal sealed class IndexWalk(
    string table, IReadOnlyList<string> columns, string order, IReadOnlyDictionary<string, string> values, string conditions, string lowest, string beyond)
{
    /// <summary>Run before the others, which it makes look so dear that Postgres would compile them.</summary>
    public const string Settings =
        "select set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true), set_config('jit', 'off', true)";

    /// <summary>Reads the newest, from the <paramref name="offset"/>th on.</summary>
    public string Page(string selected, int limit, int offset) => IsOneKind
        ? Sql($"select {selected} from {table} where {RowsOf(column => values[column])} order by {Order} limit {limit} offset {offset}")
        : Sql($"""
            with recursive kinds as ({Kinds}), found as (
                select part.id from kinds cross join lateral ({Part((long)limit + offset)}) as part{Chosen} order by part.id desc limit {limit} offset {offset}
            )
            select entry.* from found cross join lateral (select {selected} from {table} where {table}.id = found.id limit 1) as entry order by entry.id desc
            """);

    /// <summary>Counts, up to <paramref name="most"/>.</summary>
    public string Count(int most) => IsOneKind
        ? Sql($"select count(*) from (select from {table} where {RowsOf(column => values[column])} order by {Order} limit {most}) as counted")
        : Sql($"with recursive kinds as ({Kinds}) select count(*) from (select from kinds cross join lateral ({Part(most)}) as part{Chosen} limit {most}) as counted");

    /// <summary>Whether the filter leaves one kind, whose rows are the list.</summary>
    private bool IsOneKind => columns.All(values.ContainsKey);

    private string Order => columns.Count == 0 ? "id desc" : order;

    private string Range => columns.Count == 0 ? $"id >= {lowest} and id < {beyond}" : $"{order} <= -({lowest}) and {order} > -({beyond})";

    /// <summary>Every kind that there is, found by going from the first row of one to the first row of the next.</summary>
    private string Kinds
    {
        get
        {
            // A scan ends where its first column does; a bound of several columns would not end it.
            var (from, to) = values.TryGetValue(columns[0], out var first) ? ($"{columns[0]} >= {first}", $"{columns[0]} <= {first}") : ("true", "true");
            return $"""
                (select {List(columns)} from {table} where {from} and {to} order by {List(columns)} limit 1)
                union all
                select next.* from kinds cross join lateral (
                    select {List(columns)} from {table} where ({List(columns)}) > ({List(columns, OfKind)}) and {to} order by {List(columns)} limit 1) as next
                """;
        }
    }

    /// <summary>Keeps the kinds that the filter asks for.</summary>
    private string Chosen
    {
        get
        {
            var chosen = columns.Where(values.ContainsKey).Select(column => $"{OfKind(column)} = {values[column]}").ToList();
            return chosen.Count == 0 ? "" : $" where {string.Join(" and ", chosen)}";
        }
    }

    /// <summary>The newest rows of a kind.</summary>
    private string Part(long limit) => Sql($"select id from {table} where {RowsOf(OfKind)} order by {Order} limit {limit}");

    private string RowsOf(Func<string, string> kind) => $"{string.Concat(columns.Select(column => $"{column} = {kind(column)} and "))}{Range}{conditions}";

    private static string OfKind(string column) => $"kinds.{column}";

    private static string List(IEnumerable<string> columns, Func<string, string>? each = null) => string.Join(", ", columns.Select(each ?? (column => column)));

    private static string Sql(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
