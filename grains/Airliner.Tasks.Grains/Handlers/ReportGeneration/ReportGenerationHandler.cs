using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Handlers.DataProcessing;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Handlers.Rows.Writers;
using Microsoft.Extensions.Options;

namespace Airliner.Tasks.Grains.Handlers.ReportGeneration;

/// <summary>
/// Sums up groups of rows for people to read: html, csv, xlsx or json. The result is
/// <c>{"fileId", "name", "format", "inputRows", "rows", "columns"}</c>.
/// </summary>
internal sealed class ReportGenerationHandler(IOptions<RowOptions> options) : ITaskHandler
{
    public string TaskType => TaskTypes.ReportGeneration;

    public async Task<JsonElement> RunAsync(ITaskExecution execution, CancellationToken cancellationToken)
    {
        var limits = options.Value;
        var parameters = ReportParameters.Parse(execution);
        await using var source = await QuerySource.OpenAsync(parameters.Query, execution, limits, cancellationToken);
        var plan = QueryPlanner.Plan(parameters.Query, source.Columns);
        var columns = plan.Output(parameters.TypeOf);
        var pipeline = new DataPipeline(plan, limits);

        var fileId = await execution.SaveFileAsync(parameters.Name, parameters.Format.ContentType, WriteAsync, cancellationToken);

        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["fileId"] = fileId,
            ["name"] = parameters.Name,
            ["format"] = parameters.Format.Name,
            ["inputRows"] = pipeline.InputRows,
            ["rows"] = pipeline.Rows,
            ["columns"] = new JsonArray([.. plan.Columns.Select(column => (JsonNode)column)]),
        });

        async Task WriteAsync(Stream stream, CancellationToken token)
        {
            await using var writer = await OpenAsync(parameters, stream, columns, token);
            try
            {
                await pipeline.RunAsync(source, writer, token);
            }
            catch (CellRefusedException refused)
            {
                throw refused.At($"row {pipeline.Rows} of the report");
            }
        }
    }

    private static async Task<IRowWriter> OpenAsync(
        ReportParameters parameters, Stream stream, IReadOnlyList<OutputColumn> columns, CancellationToken cancellationToken) =>
        parameters.Format.Name switch
        {
            "csv" => new CsvRowWriter(stream, columns, marksFormulas: true),
            "xlsx" => await XlsxRowWriter.CreateAsync(stream, parameters.Sheet, columns, cancellationToken),
            "json" => new JsonReportWriter(stream, parameters.Title, columns),
            _ => new HtmlReportWriter(stream, parameters.Title, columns),
        };
}
