using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Handlers.Rows;
using Microsoft.Extensions.Options;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>
/// Joins, filters, groups, sorts and cuts rows, and saves the result as CSV. The result is
/// <c>{"fileId", "inputRows", "rows", "columns", "preview"}</c>; in the preview every cell is a string.
/// </summary>
internal sealed class DataProcessingHandler(IOptions<RowOptions> options) : ITaskHandler
{
    public string TaskType => TaskTypes.DataProcessing;

    public async Task<JsonElement> RunAsync(ITaskExecution execution, CancellationToken cancellationToken)
    {
        var limits = options.Value;
        var parameters = ParameterParser.Parse(execution.Parameters);
        await using var source = await QuerySource.OpenAsync(parameters, execution, limits, cancellationToken);
        var plan = QueryPlanner.Plan(parameters, source.Columns);
        var pipeline = new DataPipeline(plan, limits);
        IReadOnlyList<string[]> preview = [];

        var name = string.Create(CultureInfo.InvariantCulture, $"result-{execution.TaskId}.csv");
        var fileId = await execution.SaveFileAsync(name, "text/csv", WriteAsync, cancellationToken);

        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["fileId"] = fileId,
            ["inputRows"] = pipeline.InputRows,
            ["rows"] = pipeline.Rows,
            ["columns"] = new JsonArray([.. plan.Columns.Select(column => (JsonNode)column)]),
            ["preview"] = new JsonArray([.. preview.Select(cells => Row(plan.Columns, cells))]),
        });

        async Task WriteAsync(Stream stream, CancellationToken token)
        {
            await using var writer = new ResultWriter(stream, plan.Output(_ => ColumnType.Text));
            await pipeline.RunAsync(source, writer, token);
            preview = writer.Preview;
        }
    }

    private static JsonObject Row(IReadOnlyList<string> columns, string[] cells)
    {
        var row = new JsonObject();
        foreach (var (index, column) in columns.Index())
            row[column] = cells[index];
        return row;
    }
}
