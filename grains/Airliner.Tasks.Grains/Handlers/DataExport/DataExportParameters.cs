using System.Globalization;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Handlers.Rows.Writers;

namespace Airliner.Tasks.Grains.Handlers.DataExport;

/// <summary>The parameters of a <c>data_export</c> task.</summary>
/// <param name="Columns">Those to write; none means all.</param>
internal sealed record DataExportParameters(
    SourceParameter Source, OutputFormat Format, IReadOnlyList<ExportColumn> Columns, string Sheet, string Name)
{
    private static readonly Dictionary<string, OutputFormat> _formats =
        OutputFormat.Words(OutputFormat.Csv, OutputFormat.JsonLines, OutputFormat.Xlsx, OutputFormat.Parquet);

    private static readonly Dictionary<string, ColumnType> _types = new(StringComparer.Ordinal)
    {
        ["text"] = ColumnType.Text,
        ["integer"] = ColumnType.Integer,
        ["number"] = ColumnType.Number,
        ["boolean"] = ColumnType.Boolean,
    };

    public static DataExportParameters Parse(ITaskExecution execution)
    {
        var root = JsonMember.Root(execution.Parameters);
        var source = SourceParameter.Parse(root.Member("source"));
        var format = root.Member("format").OneOf(_formats);
        var name = OutputName.File(root.Member("name"), string.Create(CultureInfo.InvariantCulture, $"export-{execution.TaskId}"), format.Name);
        return new(source, format, root.Member("columns").Items().ConvertAll(Column), OutputName.Sheet(root.Member("sheet")), name);
    }

    /// <summary>The columns to write, found among those of the source.</summary>
    public IReadOnlyList<OutputColumn> Find(IRowSource source)
    {
        // A Parquet file has columns of types; the other formats take each cell for what it was.
        ColumnType TypeOf(int column) => Format == OutputFormat.Parquet ? source.TypeOf(column) : ColumnType.Source;
        if (Columns.Count == 0)
            return [.. source.Columns.Select((name, column) => new OutputColumn(name, column, TypeOf(column)))];

        var found = new List<OutputColumn>();
        foreach (var column in Columns)
        {
            var index = source.Columns.ToList().IndexOf(column.Name);
            if (index < 0)
                throw new TaskInputException($"{column.Member}: there is no column '{column.Name}'; the columns are {string.Join(", ", source.Columns.Take(50))}");
            if (found.Any(other => other.Name == column.As))
                throw new TaskInputException($"{column.Member}: the file already has a column '{column.As}'");
            found.Add(new(column.As, index, column.Type ?? TypeOf(index)));
        }

        return found;
    }

    private static ExportColumn Column(JsonMember column)
    {
        if (column.IsText)
            return new(column.Text(), column.Text(), null, column.Path);
        var (name, alias, type) = (column.Member("column").Text(), column.Member("as"), column.Member("type"));
        return new(name, alias.Exists ? alias.Text() : name, type.Exists ? type.OneOf(_types) : null, column.Path);
    }
}

/// <summary>A column to write, under a name, and as a type where one was asked for.</summary>
internal sealed record ExportColumn(string Name, string As, ColumnType? Type, string Member);
