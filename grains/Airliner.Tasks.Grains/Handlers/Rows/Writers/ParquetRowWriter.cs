using Parquet;
using Parquet.Schema;

namespace Airliner.Tasks.Grains.Handlers.Rows.Writers;

/// <summary>
/// Parquet, a row group at a time. Columns are text unless their type was asked for or is the source's own: a type that is guessed from some rows does not fit the next.
/// </summary>
internal sealed class ParquetRowWriter : IRowWriter
{
    private readonly ParquetWriter _writer;
    private readonly ParquetSchema _schema;
    private readonly IParquetCells[] _columns;
    private readonly RowOptions _limits;
    private int _rows;
    private long _bytes;

    private ParquetRowWriter(ParquetWriter writer, ParquetSchema schema, IParquetCells[] columns, RowOptions limits) =>
        (_writer, _schema, _columns, _limits) = (writer, schema, columns, limits);

    public static async Task<ParquetRowWriter> CreateAsync(
        Stream stream, IReadOnlyList<OutputColumn> columns, RowOptions limits, CancellationToken cancellationToken)
    {
        if (columns.Count == 0)
            throw new TaskInputException("format: parquet needs a column, and the source has none");
        var cells = columns.Select(IParquetCells.Of).ToArray();
        var schema = new ParquetSchema(cells.Select((column, index) => new DataField(columns[index].Name, column.ClrType, isNullable: true)));
        return new(await ParquetWriter.CreateAsync(schema, stream, null, false, cancellationToken), schema, cells, limits);
    }

    public ValueTask WriteHeaderAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask WriteAsync(IRow row, CancellationToken cancellationToken)
    {
        foreach (var column in _columns)
            _bytes += column.Add(row);
        return ++_rows < _limits.RowGroupRows && _bytes < _limits.RowGroupBytes ? ValueTask.CompletedTask : new(WriteGroupAsync(cancellationToken));
    }

    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        if (_rows > 0)
            await WriteGroupAsync(cancellationToken);
        await _writer.DisposeAsync(); // It writes the footer.
    }

    // Without its footer the file is none, so one that failed is left as it is; what the writer holds is memory.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task WriteGroupAsync(CancellationToken cancellationToken)
    {
        using var group = _writer.CreateRowGroup();
        foreach (var (index, column) in _columns.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await column.WriteAsync(group, _schema.DataFields[index], cancellationToken);
        }

        (_rows, _bytes) = (0, 0);
    }
}
