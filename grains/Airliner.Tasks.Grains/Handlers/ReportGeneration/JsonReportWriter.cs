using System.Text.Json;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Handlers.Rows.Writers;

namespace Airliner.Tasks.Grains.Handlers.ReportGeneration;

/// <summary>A report as one JSON document: <c>{"title", "columns", "rows"}</c>.</summary>
internal sealed class JsonReportWriter(Stream stream, string title, IReadOnlyList<OutputColumn> columns) : IRowWriter
{
    private const int BufferBytes = 64 * 1024;

    private readonly Utf8JsonWriter _writer = new(stream, JsonRow.Options);
    private readonly JsonRow _row = new(columns);

    public ValueTask WriteHeaderAsync(CancellationToken cancellationToken)
    {
        _writer.WriteStartObject();
        _writer.WriteString("title", title);
        _writer.WriteStartArray("columns");
        foreach (var column in columns)
            _writer.WriteStringValue(column.Name);
        _writer.WriteEndArray();
        _writer.WriteStartArray("rows");
        return ValueTask.CompletedTask;
    }

    public async ValueTask WriteAsync(IRow row, CancellationToken cancellationToken)
    {
        _row.Write(_writer, row);
        if (_writer.BytesPending > BufferBytes)
            await _writer.FlushAsync(cancellationToken);
    }

    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        _writer.WriteEndArray();
        _writer.WriteEndObject();
        await _writer.FlushAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        // Not flushed: what is pending of a report that failed is nobody's.
        _writer.Reset(Stream.Null);
        return _writer.DisposeAsync();
    }
}
