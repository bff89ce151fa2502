namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>Finds the columns that the parameters name; one that does not exist fails by name, member and choice.</summary>
/// <remarks>
/// Where rows are grouped, <c>select</c> and <c>sort</c> speak of the groups' columns. Where they are not, a sort may use a
/// column that is not selected.
/// </remarks>
internal static class QueryPlanner
{
    private const int MaxColumnsNamed = 50;

    public static QueryPlan Plan(DataProcessingParameters parameters, IReadOnlyList<string> source)
    {
        var sourceIndex = Index(source);
        var filters = new Predicate[parameters.Where.Count];
        foreach (var (index, condition) in parameters.Where.Index())
            filters[index] = Predicate.Create(condition, Find(sourceIndex, condition.Column, $"where[{index}].column"));

        var isGrouped = parameters.GroupBy.Count > 0 || parameters.Aggregate.Count > 0;
        var (groups, arriving) = isGrouped ? Groups(parameters, sourceIndex) : (null, source);
        var arrivingIndex = isGrouped ? Index(arriving) : sourceIndex;

        var (columns, cells) = Select(parameters.Select, arriving, arrivingIndex);
        if (parameters.Sort.Count == 0)
            return new(filters, groups, null, columns, cells, parameters.Limit);

        var (sort, heldCells) = Sort(parameters.Sort, arrivingIndex, cells);
        return new(filters, groups, sort, columns, heldCells, parameters.Limit);
    }

    private static (GroupPlan Plan, IReadOnlyList<string> Columns) Groups(
        DataProcessingParameters parameters, Dictionary<string, int> source)
    {
        var columns = new List<string>();
        var keys = new int[parameters.GroupBy.Count];
        foreach (var (index, name) in parameters.GroupBy.Index())
        {
            keys[index] = Find(source, name, $"groupBy[{index}]");
            AddColumn(columns, name, $"groupBy[{index}]");
        }

        var aggregates = new AggregatePlan[parameters.Aggregate.Count];
        foreach (var (index, aggregate) in parameters.Aggregate.Index())
        {
            var member = $"aggregate[{index}]";
            int? column = aggregate.Column is null ? null : Find(source, aggregate.Column, member + ".column");
            aggregates[index] = new(aggregate.Operator, column, member);
            AddColumn(columns, aggregate.As, member + ".as");
        }

        return (new(keys, aggregates), columns);
    }

    private static (IReadOnlyList<string> Columns, int[] Cells) Select(
        IReadOnlyList<string> select, IReadOnlyList<string> arriving, Dictionary<string, int> arrivingIndex)
    {
        if (select.Count == 0)
            return (arriving, [.. Enumerable.Range(0, arriving.Count)]);
        var columns = new List<string>();
        var cells = new int[select.Count];
        foreach (var (index, name) in select.Index())
        {
            cells[index] = Find(arrivingIndex, name, $"select[{index}]");
            AddColumn(columns, name, $"select[{index}]");
        }

        return (columns, cells);
    }

    private static (SortPlan Plan, int[] Cells) Sort(IReadOnlyList<SortParameter> sort, Dictionary<string, int> arriving, int[] selected)
    {
        var held = new List<int>();
        var cellOf = new Dictionary<int, int>();
        var keys = new int[sort.Count];
        foreach (var (index, parameter) in sort.Index())
            keys[index] = Hold(Find(arriving, parameter.Column, $"sort[{index}].column"));
        var cells = Array.ConvertAll(selected, Hold);
        return (new([.. held], keys, [.. sort.Select(parameter => parameter.Descending)]), cells);

        int Hold(int column)
        {
            if (!cellOf.TryGetValue(column, out var cell))
            {
                cell = held.Count;
                cellOf.Add(column, cell);
                held.Add(column);
            }

            return cell;
        }
    }

    public static Dictionary<string, int> Index(IReadOnlyList<string> columns)
    {
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (position, name) in columns.Index())
            index.Add(name, position);
        return index;
    }

    public static int Find(Dictionary<string, int> columns, string name, string member)
    {
        if (columns.TryGetValue(name, out var index))
            return index;
        var more = columns.Count > MaxColumnsNamed ? $" and {columns.Count - MaxColumnsNamed} more" : "";
        var existing = columns.Count == 0 ? "there are none" : $"the columns are {string.Join(", ", columns.Keys.Take(MaxColumnsNamed))}{more}";
        throw new TaskInputException($"{member}: there is no column '{name}'; {existing}");
    }

    private static void AddColumn(List<string> columns, string name, string member)
    {
        if (columns.Contains(name))
            throw new TaskInputException($"{member}: the result already has a column '{name}'");
        columns.Add(name);
    }
}
