using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>The parameters with every column found: where → groupBy and aggregate → select and sort → limit.</summary>
/// <param name="Filters">Over the source's columns; a row passes all of them.</param>
/// <param name="Groups">Null where rows are not grouped.</param>
/// <param name="Sort">Null where the order stays as it is.</param>
/// <param name="Columns">The names of the result's columns.</param>
/// <param name="Cells">Where the result's cells are in the row that arrives: of the sort, the groups, or the source.</param>
/// <param name="Limit">The most rows of the result, or null for all.</param>
internal sealed record QueryPlan(
    Predicate[] Filters, GroupPlan? Groups, SortPlan? Sort, IReadOnlyList<string> Columns, int[] Cells, long? Limit)
{
    /// <summary>The result's columns as a writer takes them; the types of some are named.</summary>
    public IReadOnlyList<OutputColumn> Output(Func<string, ColumnType> typeOf) => [.. Columns.Select((name, index) => new OutputColumn(name, Cells[index], typeOf(name)))];
}

/// <param name="KeyColumns">The source's columns to group by, the first columns of a group's row.</param>
/// <param name="Aggregates">The columns that follow.</param>
internal sealed record GroupPlan(int[] KeyColumns, AggregatePlan[] Aggregates);

/// <param name="Operator">What is computed.</param>
/// <param name="Column">The source's column, or null for a count of rows.</param>
/// <param name="Member">The path of the parameter, for messages.</param>
internal sealed record AggregatePlan(AggregateOperator Operator, int? Column, string Member);

/// <param name="HeldColumns">The columns that a held row keeps: those to sort by, and those of the result.</param>
/// <param name="KeyCells">Where, among the held cells, those to sort by are.</param>
/// <param name="Descending">By key.</param>
internal sealed record SortPlan(int[] HeldColumns, int[] KeyCells, bool[] Descending);
