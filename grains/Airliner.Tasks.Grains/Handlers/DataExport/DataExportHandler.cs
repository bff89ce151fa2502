using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Handlers.Rows.Writers;
using Microsoft.Extensions.Options;

namespace Airliner.Tasks.Grains.Handlers.DataExport;

/// <summary>
/// Writes rows in another format, as they are: csv, JSON lines, xlsx and Parquet, from and to each. The result is
/// <c>{"fileId", "name", "format", "rows", "columns"}</c>.
/// </summary>
internal sealed class DataExportHandler(IOptions<RowOptions> options) : ITaskHandler
{
    public string TaskType => TaskTypes.DataExport;

    public async Task<JsonElement> RunAsync(ITaskExecution execution, CancellationToken cancellationToken)
    {
        var limits = options.Value;
        var parameters = DataExportParameters.Parse(execution);
        await using var source = await new SourceInput(parameters.Source, execution, limits).OpenAsync(cancellationToken);
        var columns = parameters.Find(source);
        var rows = 0L;

        var fileId = await execution.SaveFileAsync(parameters.Name, parameters.Format.ContentType, WriteAsync, cancellationToken);

        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["fileId"] = fileId,
            ["name"] = parameters.Name,
            ["format"] = parameters.Format.Name,
            ["rows"] = rows,
            ["columns"] = new JsonArray([.. columns.Select(column => (JsonNode)column.Name)]),
        });

        async Task WriteAsync(Stream stream, CancellationToken token)
        {
            await using var writer = await OpenAsync(parameters, stream, columns, token);
            try
            {
                await writer.WriteHeaderAsync(token);
                for (; await source.ReadAsync(token); rows++)
                {
                    if (rows % RowOptions.RowsBetweenChecks == 0)
                        token.ThrowIfCancellationRequested();
                    await writer.WriteAsync(source, token);
                }

                await writer.CompleteAsync(token);
            }
            catch (CellRefusedException refused)
            {
                throw refused.At(source.Place);
            }
        }
    }

    private async Task<IRowWriter> OpenAsync(
        DataExportParameters parameters, Stream stream, IReadOnlyList<OutputColumn> columns, CancellationToken cancellationToken) =>
        parameters.Format.Name switch
        {
            "csv" => new CsvRowWriter(stream, columns),
            "jsonl" => new JsonLinesRowWriter(stream, columns),
            "xlsx" => await XlsxRowWriter.CreateAsync(stream, parameters.Sheet, columns, cancellationToken),
            _ => await ParquetRowWriter.CreateAsync(stream, columns, options.Value, cancellationToken),
        };
}
