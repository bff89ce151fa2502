using System.Globalization;
using Airliner.Tasks.Grains.Handlers.DataProcessing;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Handlers.Rows.Writers;

namespace Airliner.Tasks.Grains.Handlers.ReportGeneration;

/// <summary>The parameters of a <c>report_generation</c> task: a query that groups, and how its groups are shown.</summary>
internal sealed record ReportParameters(DataProcessingParameters Query, OutputFormat Format, string Title, string Sheet, string Name)
{
    private const int LongestTitle = 200;

    private static readonly Dictionary<string, OutputFormat> _formats =
        OutputFormat.Words(OutputFormat.Html, OutputFormat.Csv, OutputFormat.Xlsx, OutputFormat.Json);

    public static ReportParameters Parse(ITaskExecution execution)
    {
        var root = JsonMember.Root(execution.Parameters);
        var query = ParameterParser.Parse(execution.Parameters);
        if (query.GroupBy.Count == 0 && query.Aggregate.Count == 0)
            throw root.Member("groupBy").Wrong("is required, or aggregate: a report sums up groups of rows");
        var (format, title) = (root.Member("format"), root.Member("title"));
        var kind = format.Exists ? format.OneOf(_formats) : OutputFormat.Html;
        var heading = title.Exists ? title.Text() : "Report";
        if (heading.Length > LongestTitle)
            throw title.Wrong($"must have at most {LongestTitle} characters");
        var name = OutputName.File(root.Member("name"), string.Create(CultureInfo.InvariantCulture, $"report-{execution.TaskId}"), kind.Name);
        return new(query, kind, heading, OutputName.Sheet(root.Member("sheet")), name);
    }

    /// <summary>What is computed is a number where it is one; what is grouped by stays text.</summary>
    public ColumnType TypeOf(string column) => Query.Aggregate.Any(aggregate => aggregate.As == column) ? ColumnType.Measure : ColumnType.Text;
}
